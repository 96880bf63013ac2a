package dev.thalweg.bench.peers;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Part;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A network with random weights as an ONNX model. Field numbers are those of {@code onnx.proto}. */
final class OnnxWriter {
    private static final int OPSET = 17;
    private static final int FLOAT = 1;
    private static final int INTS = 7;
    private static final int INT = 2;

    private interface Fields {
        void write(CodedOutputStream to) throws IOException;
    }

    private final List<ByteString> nodes = new ArrayList<>();
    private final List<ByteString> weights = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(3);
    private int channels = 3;
    private int side;
    private int names;

    private OnnxWriter(int side) {
        this.side = side;
    }

    static byte[] write(BenchNetwork network, int batch) {
        OnnxWriter writer = new OnnxWriter(network.pixels());
        String logits = writer.add(network.parts(), "pictures");
        writer.nodes.add(message(n -> {
            n.writeString(1, logits);
            n.writeString(2, "probabilities");
            n.writeString(4, "Softmax");
        }));
        ByteString graph = message(g -> {
            for (ByteString node : writer.nodes) {
                g.writeBytes(1, node);
            }
            g.writeString(2, network.name());
            for (ByteString tensor : writer.weights) {
                g.writeBytes(5, tensor);
            }
            g.writeBytes(11, value("pictures", batch, 3, network.pixels(), network.pixels()));
            g.writeBytes(12, value("probabilities", batch, network.classes()));
        });
        return message(m -> {
                    m.writeInt64(1, 8);
                    m.writeBytes(7, graph);
                    m.writeBytes(8, message(o -> o.writeInt64(2, OPSET)));
                })
                .toByteArray();
    }

    private static ByteString message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream coded = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(coded);
            coded.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteString.copyFrom(bytes.toByteArray());
    }

    private static ByteString value(String name, int... dims) {
        ByteString shape = message(s -> {
            for (int dim : dims) {
                s.writeBytes(1, message(d -> d.writeInt64(1, dim)));
            }
        });
        ByteString tensor = message(t -> {
            t.writeInt32(1, FLOAT);
            t.writeBytes(2, shape);
        });
        return message(v -> {
            v.writeString(1, name);
            v.writeBytes(2, message(t -> t.writeBytes(1, tensor)));
        });
    }

    private String tensor(double low, double high, int... dims) {
        String name = "w" + names++;
        int count = 1;
        for (int dim : dims) {
            count *= dim;
        }
        ByteBuffer raw = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            raw.putFloat((float) (low == high ? low : random.nextDouble(low, high)));
        }
        weights.add(message(t -> {
            for (int dim : dims) {
                t.writeInt64(1, dim);
            }
            t.writeInt32(2, FLOAT);
            t.writeString(8, name);
            t.writeByteArray(9, raw.array());
        }));
        return name;
    }

    private static ByteString ints(String name, long... values) {
        return message(a -> {
            a.writeString(1, name);
            for (long value : values) {
                a.writeInt64(8, value);
            }
            a.writeInt32(20, INTS);
        });
    }

    private static ByteString number(String name, long value) {
        return message(a -> {
            a.writeString(1, name);
            a.writeInt64(3, value);
            a.writeInt32(20, INT);
        });
    }

    private String node(String op, List<String> inputs, List<ByteString> attributes) {
        String output = "v" + names++;
        nodes.add(message(n -> {
            for (String input : inputs) {
                n.writeString(1, input);
            }
            n.writeString(2, output);
            n.writeString(4, op);
            for (ByteString attribute : attributes) {
                n.writeBytes(5, attribute);
            }
        }));
        return output;
    }

    private static List<ByteString> window(int kernel, int stride, int padding) {
        return List.of(
                ints("kernel_shape", kernel, kernel),
                ints("strides", stride, stride),
                ints("pads", padding, padding, padding, padding));
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("networks of tokens are compared in training alone");
    }

    private String add(List<Part> parts, String from) {
        String last = from;
        for (Part part : parts) {
            last = switch (part) {
                case Part.Convolution p -> {
                    double bound = Math.sqrt(6.0 / (channels * p.kernel() * p.kernel()));
                    List<String> inputs = new ArrayList<>(
                            List.of(last, tensor(-bound, bound, p.filters(), channels, p.kernel(), p.kernel())));
                    if (p.bias()) {
                        inputs.add(tensor(-0.1, 0.1, p.filters()));
                    }
                    channels = p.filters();
                    side = (side + 2 * p.padding() - p.kernel()) / p.stride() + 1;
                    yield node("Conv", inputs, window(p.kernel(), p.stride(), p.padding()));
                }
                case Part.DepthwiseConvolution p -> {
                    double bound = Math.sqrt(6.0 / (p.kernel() * p.kernel()));
                    List<ByteString> attributes = new ArrayList<>(window(p.kernel(), p.stride(), p.padding()));
                    attributes.add(number("group", channels));
                    side = (side + 2 * p.padding() - p.kernel()) / p.stride() + 1;
                    yield node(
                            "Conv",
                            List.of(last, tensor(-bound, bound, channels, 1, p.kernel(), p.kernel())),
                            attributes);
                }
                case Part.Normalization p ->
                    node(
                            "BatchNormalization",
                            List.of(
                                    last,
                                    tensor(0.9, 1.1, channels),
                                    tensor(-0.1, 0.1, channels),
                                    tensor(-0.1, 0.1, channels),
                                    tensor(0.9, 1.1, channels)),
                            List.of());
                case Part.Relu p -> node("Relu", List.of(last), List.of());
                case Part.Relu6 p -> node("Clip", List.of(last, tensor(0, 0), tensor(6, 6)), List.of());
                case Part.MaxPooling p -> {
                    side = (side + 2 * p.padding() - p.kernel()) / p.stride() + 1;
                    yield node("MaxPool", List.of(last), window(p.kernel(), p.stride(), p.padding()));
                }
                case Part.GlobalAverage p -> {
                    side = 1;
                    yield node("GlobalAveragePool", List.of(last), List.of());
                }
                case Part.Flatten p -> node("Flatten", List.of(last), List.of());
                case Part.Dense p ->
                    node(
                            "Gemm",
                            List.of(
                                    last,
                                    tensor(-0.01, 0.01, p.units(), channels * side * side),
                                    tensor(-0.1, 0.1, p.units())),
                            List.of(number("transB", 1)));
                case Part.Residual p -> {
                    int before = channels;
                    int sideBefore = side;
                    String body = add(p.body(), last);
                    channels = before;
                    side = sideBefore;
                    yield node("Add", List.of(body, add(p.shortcut(), last)), List.of());
                }
                case Part.Gelu p -> throw unsupported();
                case Part.Patches p -> throw unsupported();
                case Part.LayerNormalization p -> throw unsupported();
                case Part.Attention p -> throw unsupported();
                case Part.FirstToken p -> throw unsupported();
            };
        }
        return last;
    }
}
