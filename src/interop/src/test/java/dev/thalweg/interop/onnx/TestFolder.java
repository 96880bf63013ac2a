package dev.thalweg.interop.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder of ONNX's test data: a model, and pairs of inputs and outputs as files of one {@code TensorProto} each.
 *
 * @param path the folder
 */
record TestFolder(Path path) {
    /**
     * Inputs and the outputs that they lead to.
     *
     * @param inputs in the model's order
     * @param outputs in the model's order
     */
    record Pair(List<OnnxTensor> inputs, List<OnnxTensor> outputs) {}

    OnnxModel model() throws IOException {
        return OnnxParser.read(path.resolve("model.onnx"));
    }

    List<Pair> pairs() throws IOException {
        List<Pair> pairs = new ArrayList<>();
        for (Path set = path.resolve("test_data_set_0");
                Files.isDirectory(set);
                set = path.resolve("test_data_set_" + pairs.size())) {
            pairs.add(new Pair(tensors(set, "input_"), tensors(set, "output_")));
        }
        return pairs;
    }

    private static List<OnnxTensor> tensors(Path set, String prefix) throws IOException {
        List<OnnxTensor> tensors = new ArrayList<>();
        for (Path file = set.resolve(prefix + "0.pb");
                Files.exists(file);
                file = set.resolve(prefix + tensors.size() + ".pb")) {
            tensors.add(tensor(file));
        }
        return tensors;
    }

    /** Reads the file as a message within one, as tensors stand in models. */
    private static OnnxTensor tensor(Path file) throws IOException {
        ByteArrayOutputStream outer = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(outer);
        out.writeByteArray(1, Files.readAllBytes(file));
        out.flush();
        List<OnnxTensor> read = new ArrayList<>();
        ProtoMessage.read(CodedInputStream.newInstance(outer.toByteArray()), (message, field) -> {
            read.add(TensorParser.read(file, message).tensor());
            return true;
        });
        return read.getFirst();
    }
}
