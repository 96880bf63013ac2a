package dev.thalweg.interop.onnx;

import dev.thalweg.io.BadFileException;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a {@code GraphProto}. */
final class GraphParser {
    private final Path file;
    private final List<OnnxNode> nodes = new ArrayList<>();
    private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
    private final List<OnnxValue> inputs = new ArrayList<>();
    private final List<OnnxValue> outputs = new ArrayList<>();
    private String name = "";

    GraphParser(Path file) {
        this.file = file;
    }

    OnnxGraph read(ProtoMessage message) throws IOException {
        message.message(this::take);
        return new OnnxGraph(name, List.copyOf(nodes), initializers, List.copyOf(inputs), List.copyOf(outputs));
    }

    private boolean take(ProtoMessage message, int field) throws IOException {
        switch (field) {
            case 1 -> nodes.add(new NodeParser(file).read(message));
            case 2 -> name = message.text();
            case 5 -> {
                TensorParser.Named named = TensorParser.read(file, message);
                if (initializers.put(named.name(), named.tensor()) != null) {
                    throw new BadFileException(
                            file, "has two initializers named " + PrintableText.excerpt(named.name()));
                }
            }
            case 11 -> inputs.add(value(message));
            case 12 -> outputs.add(value(message));
            case 15 -> throw new BadFileException(file, "has sparse initializers, which are not read");
            default -> {
                return false;
            }
        }
        return true;
    }

    /** What a {@code ValueInfoProto} has come to so far. */
    private static final class Value {
        private String name = "";
        private Optional<ElementType> type = Optional.empty();
        private Optional<List<Long>> dims = Optional.empty();

        private boolean take(ProtoMessage message, int field) throws IOException {
            switch (field) {
                case 1 -> name = message.text();
                case 2 -> message.message(this::takeOfType);
                default -> {
                    return false;
                }
            }
            return true;
        }

        private boolean takeOfType(ProtoMessage message, int field) throws IOException {
            if (field != 1) {
                return false;
            }
            message.message(this::takeOfTensor);
            return true;
        }

        private boolean takeOfTensor(ProtoMessage message, int field) throws IOException {
            switch (field) {
                case 1 -> type = ElementType.of(message.whole());
                case 2 -> {
                    List<Long> extents = new ArrayList<>();
                    message.message((shape, part) -> {
                        if (part != 1) {
                            return false;
                        }
                        extents.add(extent(shape));
                        return true;
                    });
                    dims = Optional.of(List.copyOf(extents));
                }
                default -> {
                    return false;
                }
            }
            return true;
        }

        private static long extent(ProtoMessage message) throws IOException {
            long[] extent = {OnnxValue.OPEN};
            message.message((dim, part) -> {
                if (part != 1) {
                    return false;
                }
                extent[0] = dim.whole();
                return true;
            });
            return extent[0];
        }
    }

    private static OnnxValue value(ProtoMessage message) throws IOException {
        Value value = new Value();
        message.message(value::take);
        return new OnnxValue(value.name, value.type, value.dims);
    }
}
