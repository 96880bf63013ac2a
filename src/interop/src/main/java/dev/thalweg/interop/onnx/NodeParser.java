package dev.thalweg.interop.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a {@code NodeProto} and its attributes. */
final class NodeParser {
    private final Path file;
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
    private String name = "";
    private String domain = "";
    private String opType = "";

    NodeParser(Path file) {
        this.file = file;
    }

    OnnxNode read(ProtoMessage message) throws IOException {
        message.message(this::take);
        return new OnnxNode(
                name,
                domain.equals("ai.onnx") ? "" : domain,
                opType,
                List.copyOf(inputs),
                List.copyOf(outputs),
                Map.copyOf(attributes));
    }

    private boolean take(ProtoMessage message, int field) throws IOException {
        switch (field) {
            case 1 -> inputs.add(message.text());
            case 2 -> outputs.add(message.text());
            case 3 -> name = message.text();
            case 4 -> opType = message.text();
            case 5 -> {
                Attribute attribute = new Attribute();
                message.message(attribute::take);
                attributes.put(attribute.name, attribute.value());
            }
            case 7 -> domain = message.text();
            default -> {
                return false;
            }
        }
        return true;
    }

    /** What an {@code AttributeProto} has come to so far. Its type tells apart an empty list and what is not there. */
    private final class Attribute {
        private static final int FLOAT = 1;
        private static final int INT = 2;
        private static final int STRING = 3;
        private static final int FLOATS = 6;
        private static final int INTS = 7;
        private static final int STRINGS = 8;

        private final List<Float> reals = new ArrayList<>();
        private final List<Long> wholes = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();
        private String name = "";
        private String text = "";
        private long type;
        private long whole;
        private float real;
        private @Nullable OnnxTensor tensor;

        private boolean take(ProtoMessage message, int field) throws IOException {
            switch (field) {
                case 1 -> name = message.text();
                case 2 -> real = message.real();
                case 3 -> whole = message.whole();
                case 4 -> text = message.text();
                case 5 -> tensor = TensorParser.read(file, message).tensor();
                case 7 -> message.reals(value -> reals.add((float) value));
                case 8 -> message.wholes(wholes::add);
                case 9 -> texts.add(message.text());
                case 20 -> type = message.whole();
                default -> {
                    return false;
                }
            }
            return true;
        }

        private OnnxAttribute value() {
            if (tensor != null) {
                return new OnnxAttribute.Constant(tensor);
            }
            return switch ((int) type) {
                case FLOAT -> new OnnxAttribute.Real(real);
                case INT -> new OnnxAttribute.Whole(whole);
                case STRING -> new OnnxAttribute.Text(text);
                case FLOATS -> new OnnxAttribute.Reals(List.copyOf(reals));
                case INTS -> new OnnxAttribute.Wholes(List.copyOf(wholes));
                case STRINGS -> new OnnxAttribute.Texts(List.copyOf(texts));
                default -> new OnnxAttribute.Unread("attribute of type " + type);
            };
        }
    }
}
