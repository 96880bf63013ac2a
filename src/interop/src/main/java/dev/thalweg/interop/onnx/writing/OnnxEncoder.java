package dev.thalweg.interop.onnx.writing;

import com.google.protobuf.CodedOutputStream;
import dev.thalweg.files.AtomicFile;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxModel;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.OnnxValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;

/**
 * Writes ONNX files, whose messages and field numbers <a href="https://onnx.ai/onnx/repo-docs/IR.html">ONNX's
 * specification</a> gives.
 */
public final class OnnxEncoder {
    /** The version of the format that came with operators 17. */
    private static final long IR_VERSION = 8;
    /** What an open extent is called. */
    private static final String BATCH = "batch";

    // AttributeProto.AttributeType
    private static final int FLOAT = 1;
    private static final int INT = 2;
    private static final int STRING = 3;
    private static final int TENSOR = 4;
    private static final int FLOATS = 6;
    private static final int INTS = 7;
    private static final int STRINGS = 8;

    private OnnxEncoder() {}

    /**
     * Writes a file, whole or not at all.
     *
     * @param model what
     * @param file where
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if it would be longer than protocol buffers may be
     */
    public static void write(OnnxModel model, Path file) throws IOException {
        ProtoFields message = model(model);
        if (message.size() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(file + " is not written: it would have " + message.size()
                    + " bytes, and an ONNX file with its weights inside has at most " + Integer.MAX_VALUE);
        }
        AtomicFile.write(file, out -> {
            CodedOutputStream coded = CodedOutputStream.newInstance(out);
            message.write(coded);
            coded.flush();
        });
    }

    private static ProtoFields model(OnnxModel model) {
        ProtoFields message = new ProtoFields().whole(1, IR_VERSION).text(2, "thalweg");
        message.message(7, graph(model.graph()));
        new TreeMap<>(model.opsets())
                .forEach((domain, version) ->
                        message.message(8, new ProtoFields().text(1, domain).whole(2, version)));
        new TreeMap<>(model.metadata())
                .forEach((key, value) ->
                        message.message(14, new ProtoFields().text(1, key).text(2, value)));
        return message;
    }

    private static ProtoFields graph(OnnxGraph graph) {
        ProtoFields message = new ProtoFields();
        graph.nodes().forEach(node -> message.message(1, node(node)));
        message.text(2, graph.name());
        graph.initializers()
                .forEach((name, tensor) -> message.message(5, tensor(tensor).text(8, name)));
        graph.inputs().forEach(value -> message.message(11, value(value)));
        graph.outputs().forEach(value -> message.message(12, value(value)));
        return message;
    }

    private static ProtoFields node(OnnxNode node) {
        ProtoFields message = new ProtoFields();
        node.inputs().forEach(name -> message.text(1, name));
        node.outputs().forEach(name -> message.text(2, name));
        message.text(3, node.name()).text(4, node.opType());
        new TreeMap<>(node.attributes()).forEach((name, attribute) -> message.message(5, attribute(name, attribute)));
        return message;
    }

    private static ProtoFields attribute(String name, OnnxAttribute attribute) {
        ProtoFields message = new ProtoFields().text(1, name);
        switch (attribute) {
            case OnnxAttribute.Real(float value) -> message.real(2, value).whole(20, FLOAT);
            case OnnxAttribute.Whole(long value) -> message.whole(3, value).whole(20, INT);
            case OnnxAttribute.Text(String value) -> message.text(4, value).whole(20, STRING);
            case OnnxAttribute.Constant(OnnxTensor value) ->
                message.message(5, tensor(value)).whole(20, TENSOR);
            case OnnxAttribute.Reals(List<Float> values) -> {
                values.forEach(value -> message.real(7, value));
                message.whole(20, FLOATS);
            }
            case OnnxAttribute.Wholes(List<Long> values) -> {
                values.forEach(value -> message.whole(8, value));
                message.whole(20, INTS);
            }
            case OnnxAttribute.Texts(List<String> values) -> {
                values.forEach(value -> message.text(9, value));
                message.whole(20, STRINGS);
            }
            case OnnxAttribute.Unread(String kind) ->
                throw new IllegalArgumentException("attribute " + name + " was not read and is not written: " + kind);
        }
        return message;
    }

    private static ProtoFields tensor(OnnxTensor tensor) {
        ProtoFields message = new ProtoFields();
        tensor.dims().forEach(dim -> message.whole(1, dim));
        return message.whole(2, tensor.type().number()).bytes(9, tensor.data());
    }

    /** Without a type if that is not known: whoever reads the file infers it. */
    private static ProtoFields value(OnnxValue value) {
        ProtoFields message = new ProtoFields().text(1, value.name());
        if (value.type().isEmpty()) {
            return message;
        }
        ProtoFields tensor = new ProtoFields();
        value.type().map(ElementType::number).ifPresent(number -> tensor.whole(1, number));
        value.dims().ifPresent(dims -> {
            ProtoFields shape = new ProtoFields();
            dims.forEach(dim -> shape.message(
                    1, dim == OnnxValue.OPEN ? new ProtoFields().text(2, BATCH) : new ProtoFields().whole(1, dim)));
            tensor.message(2, shape);
        });
        return message.message(2, new ProtoFields().message(1, tensor));
    }
}
