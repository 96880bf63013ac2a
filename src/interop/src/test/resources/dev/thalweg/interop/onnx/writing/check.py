"""Has ONNX's own checker look at all files of a folder, types and shapes included."""

import pathlib
import sys

import onnx

for file in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(file)
    try:
        onnx.checker.check_model(model, full_check=True)
        for batch in (1, 5):
            for value in model.graph.input:
                value.type.tensor_type.shape.dim[0].dim_value = batch
            for value in model.graph.output:
                value.type.tensor_type.shape.dim[0].dim_value = batch
            onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except Exception as e:
        sys.exit(f"{file.name}: {e}")
