package dev.thalweg.interop;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An ONNX file as a test writes it, right or wrong. */
final class OnnxFile {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    private interface Content {
        void write(CodedOutputStream out) throws IOException;
    }

    private final ByteArrayOutputStream graph = new ByteArrayOutputStream();
    private final ByteArrayOutputStream more = new ByteArrayOutputStream();
    private final int opset;

    OnnxFile(int opset) {
        this.opset = opset;
    }

    private static byte[] bytes(Content content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            content.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private OnnxFile add(int field, Content content) {
        graph.writeBytes(bytes(out -> out.writeByteArray(field, bytes(content))));
        return this;
    }

    private static Content value(int elements, String name, long... dims) {
        return out -> {
            out.writeString(1, name);
            out.writeByteArray(
                    2,
                    bytes(type -> type.writeByteArray(1, bytes(tensor -> {
                        tensor.writeInt32(1, elements);
                        tensor.writeByteArray(2, bytes(shape -> {
                            for (long dim : dims) {
                                shape.writeByteArray(1, bytes(extent -> {
                                    if (dim >= 0) {
                                        extent.writeInt64(1, dim);
                                    }
                                }));
                            }
                        }));
                    }))));
        };
    }

    /** Floats that flow in; −1 is open. */
    OnnxFile input(String name, long... dims) {
        return inputOf(FLOAT, name, dims);
    }

    /** The same of another type, by ONNX's number of it. */
    OnnxFile inputOf(int type, String name, long... dims) {
        return add(11, value(type, name, dims));
    }

    OnnxFile output(String name) {
        return add(12, value(FLOAT, name));
    }

    OnnxFile floats(String name, List<Long> dims, float... values) {
        ByteBuffer data = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return add(5, tensor(name, FLOAT, dims, data.array()));
    }

    OnnxFile wholes(String name, long... values) {
        ByteBuffer data = ByteBuffer.allocate(Long.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        data.asLongBuffer().put(values);
        return add(5, tensor(name, INT64, List.of((long) values.length), data.array()));
    }

    private static Content tensor(String name, int type, List<Long> dims, byte[] data) {
        return out -> {
            for (long dim : dims) {
                out.writeInt64(1, dim);
            }
            out.writeInt32(2, type);
            out.writeString(8, name);
            out.writeByteArray(9, data);
        };
    }

    /**
     * A node that is named as its output.
     *
     * @param attributes numbers, lists of whole numbers, or words
     */
    OnnxFile node(String type, List<String> inputs, String output, Map<String, ?> attributes) {
        return add(1, out -> {
            for (String input : inputs) {
                out.writeString(1, input);
            }
            out.writeString(2, output);
            out.writeString(3, "node " + output);
            out.writeString(4, type);
            for (Map.Entry<String, ?> attribute : attributes.entrySet()) {
                out.writeByteArray(5, bytes(inner -> attribute(inner, attribute.getKey(), attribute.getValue())));
            }
        });
    }

    OnnxFile node(String type, List<String> inputs, String output) {
        return node(type, inputs, output, Map.of());
    }

    private static void attribute(CodedOutputStream out, String name, Object value) throws IOException {
        out.writeString(1, name);
        switch (value) {
            case Float real -> {
                out.writeFloat(2, real);
                out.writeInt32(20, 1);
            }
            case Integer whole -> {
                out.writeInt64(3, whole);
                out.writeInt32(20, 2);
            }
            case String text -> {
                out.writeString(4, text);
                out.writeInt32(20, 3);
            }
            case List<?> wholes -> {
                for (Object whole : wholes) {
                    out.writeInt64(8, (Integer) whole);
                }
                out.writeInt32(20, 7);
            }
            default -> throw new IllegalArgumentException("no attribute " + value);
        }
    }

    OnnxFile metadata(String key, String text) {
        more.writeBytes(bytes(out -> out.writeByteArray(14, bytes(entry -> {
            entry.writeString(1, key);
            entry.writeString(2, text);
        }))));
        return this;
    }

    byte[] bytes() {
        return bytes(out -> {
            out.writeInt64(1, 8);
            out.writeByteArray(7, graph.toByteArray());
            out.writeByteArray(8, bytes(opsets -> opsets.writeInt64(2, opset)));
            out.write(more.toByteArray(), 0, more.size());
        });
    }

    Path write(Path file) throws IOException {
        return Files.write(file, bytes());
    }
}
