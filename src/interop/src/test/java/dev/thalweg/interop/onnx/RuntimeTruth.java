package dev.thalweg.interop.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.thalweg.interop.onnx.writing.OnnxEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What ONNX Runtime computes of a model. */
final class RuntimeTruth {
    private RuntimeTruth() {}

    /**
     * Writes a model and runs it.
     *
     * @param model of floats that flow in
     * @param inputs in the model's order
     * @param file where it is written
     * @return the outputs in the model's order
     */
    static List<OnnxTensor> of(OnnxModel model, List<OnnxTensor> inputs, Path file) throws IOException, OrtException {
        OnnxEncoder.write(model, file);
        OrtEnvironment runtime = OrtEnvironment.getEnvironment();
        Map<String, ai.onnxruntime.OnnxTensor> given = new HashMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            // Each operator as it is defined.
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.NO_OPT);
            try (OrtSession session = runtime.createSession(file.toString(), options)) {
                for (int i = 0; i < inputs.size(); i++) {
                    OnnxTensor tensor = inputs.get(i);
                    given.put(
                            model.graph().inputs().get(i).name(),
                            ai.onnxruntime.OnnxTensor.createTensor(
                                    runtime,
                                    tensor.data()
                                            .duplicate()
                                            .order(ByteOrder.LITTLE_ENDIAN)
                                            .asFloatBuffer(),
                                    tensor.dims().stream()
                                            .mapToLong(Long::longValue)
                                            .toArray()));
                }
                return run(session, model, given);
            }
        } finally {
            given.values().forEach(ai.onnxruntime.OnnxTensor::close);
        }
    }

    private static List<OnnxTensor> run(
            OrtSession session, OnnxModel model, Map<String, ai.onnxruntime.OnnxTensor> given) throws OrtException {
        List<OnnxTensor> results = new ArrayList<>();
        try (OrtSession.Result result = session.run(given)) {
            for (OnnxValue output : model.graph().outputs()) {
                results.add(tensor(
                        (ai.onnxruntime.OnnxTensor) result.get(output.name()).orElseThrow()));
            }
        }
        return results;
    }

    private static OnnxTensor tensor(ai.onnxruntime.OnnxTensor theirs) {
        ByteBuffer from = theirs.getByteBuffer();
        ByteBuffer data = ByteBuffer.allocate(from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        data.put(from).flip();
        return new OnnxTensor(
                ElementType.valueOf(theirs.getInfo().onnxType.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", "")),
                Arrays.stream(theirs.getInfo().getShape()).boxed().toList(),
                data);
    }
}
