package dev.thalweg.cli;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.nio.file.Path;

/** A small model in Keras' format. */
public final class KerasModels {
    private KerasModels() {}

    /**
     * Writes two dense layers behind flattened pictures of 4×4 pixels in colour.
     *
     * @param file whose name ends in {@code .h5}
     */
    public static void write(Path file) {
        try (WritableHdfFile hdf5 = HdfFile.write(file)) {
            hdf5.putAttribute("model_config", """
                {"class_name": "Sequential", "config": {"name": "digits", "layers": [
                  {"class_name": "Flatten", "config": {"name": "flatten", "batch_input_shape": [null, 4, 4, 3]}},
                  {"class_name": "Dense", "config": {"name": "hidden", "units": 6, "activation": "relu"}},
                  {"class_name": "Dense", "config": {"name": "dense", "units": 10, "activation": "softmax"}}]}}\
                """);
            WritableGroup weights = hdf5.putGroup("model_weights");
            dense(weights, "hidden", 48, 6);
            dense(weights, "dense", 6, 10);
        }
    }

    private static void dense(WritableGroup weights, String name, int inputs, int units) {
        WritableGroup layer = weights.putGroup(name);
        layer.putAttribute("weight_names", new String[] {"kernel:0", "bias:0"});
        layer.putDataset("kernel:0", new float[inputs][units]);
        layer.putDataset("bias:0", new float[units]);
    }
}
