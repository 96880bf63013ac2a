package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Window;
import dev.thalweg.interop.onnx.writing.BatchExtents.Extent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What slides over pictures. */
final class Windows {
    /** Operators that take a bias as their third operand. */
    private static final Set<String> PRODUCTS = Set.of("Conv", "ConvTranspose", "Gemm");

    private final OnnxGraphBuilder builder;
    private final Shaping shaping;
    private final FunctionNodes functions;
    private final QuantizedNodes quantized;

    Windows(OnnxGraphBuilder builder, Shaping shaping, FunctionNodes functions, QuantizedNodes quantized) {
        this.builder = builder;
        this.shaping = shaping;
        this.functions = functions;
        this.quantized = quantized;
    }

    private static Attributes attributes(Window window) {
        return new Attributes()
                .wholes("kernel_shape", window.kernelHeight(), window.kernelWidth())
                .wholes("strides", window.strideHeight(), window.strideWidth())
                .wholes("pads", window.padTop(), window.padLeft(), window.padBottom(), window.padRight());
    }

    private static Attributes dilated(Window window) {
        return attributes(window).wholes("dilations", window.dilationHeight(), window.dilationWidth());
    }

    WrittenValue convolution(Convolution op, List<WrittenValue> inputs, BatchExtents extents) {
        int operands = op.hasBias(inputs.size()) ? 3 : 2;
        WrittenValue result = quantized.product(
                "Conv", dilated(op.window()).whole("group", op.groups()).all(), extents, inputs.subList(0, operands));
        if (op.postOps().sum()) {
            result = functions.of("Add", result, inputs.getLast());
        }
        return functions.activated(result, op.postOps().activation());
    }

    /** The gradient of a convolution, which is the transposed one; {@link #biased} adds a bias. */
    WrittenValue transposedConvolution(ConvolutionBackwardData op, List<WrittenValue> inputs, BatchExtents extents) {
        Window window = op.window();
        BatchExtents small = inputs.getFirst().extents();
        return builder.node(
                "ConvTranspose",
                extents,
                dilated(window)
                        .whole("group", op.groups())
                        .wholes(
                                "output_padding",
                                op.source().dim(2)
                                        + window.padTop()
                                        + window.padBottom()
                                        - window.extentHeight()
                                        - (small.dim(2).count() - 1) * window.strideHeight(),
                                op.source().dim(3)
                                        + window.padLeft()
                                        + window.padRight()
                                        - window.extentWidth()
                                        - (small.dim(3).count() - 1) * window.strideWidth())
                        .all(),
                inputs.toArray(WrittenValue[]::new));
    }

    /** What a product without a bias yields with a known number added to each channel, if it is that. */
    Optional<WrittenValue> biased(Binary op, List<WrittenValue> inputs) {
        if (!op.equals(new Binary(Binary.Kind.ADD))
                || !(inputs.get(0) instanceof WrittenValue.Result result)
                || !PRODUCTS.contains(result.opType())
                || result.inputs().size() != 2
                || !(inputs.get(1) instanceof WrittenValue.Known bias)) {
            return Optional.empty();
        }
        Extent channels = result.extents().dim(1);
        long[] perChannel = new long[result.extents().rank()];
        Arrays.fill(perChannel, 1);
        perChannel[1] = channels.count();
        return bias.extents().equals(BatchExtents.of(perChannel))
                ? Optional.of(builder.node(
                        result.opType(),
                        result.extents(),
                        result.attributes(),
                        result.inputs().get(0),
                        result.inputs().get(1),
                        shaping.reshape(bias, new BatchExtents(List.of(channels)))))
                : Optional.empty();
    }

    WrittenValue pooling(Pooling op, WrittenValue source, BatchExtents extents) {
        Window window = op.window()
                .withoutIdlePadding(
                        Math.toIntExact(source.extents().dim(2).count()),
                        Math.toIntExact(source.extents().dim(3).count()));
        boolean max = op.kind() == Pooling.Kind.MAX;
        if (isGlobal(window, source.extents())) {
            return builder.node(max ? "GlobalMaxPool" : "GlobalAveragePool", extents, source);
        }
        if (max) {
            return maximum(window, source, extents);
        }
        if (window.dilationHeight() > 1 || window.dilationWidth() > 1) {
            throw new IllegalArgumentException(
                    "averages over windows with gaps are no operator of ONNX 17, got " + window);
        }
        return builder.node(
                "AveragePool",
                extents,
                attributes(window)
                        .whole("count_include_pad", op.kind() == Pooling.Kind.AVERAGE_INCLUDING_PADDING ? 1 : 0)
                        .all(),
                source);
    }

    /** ONNX Runtime wants margins narrower than the kernel, its gaps not counted. */
    private WrittenValue maximum(Window window, WrittenValue source, BatchExtents extents) {
        if (Math.max(window.padTop(), window.padBottom()) < window.kernelHeight()
                && Math.max(window.padLeft(), window.padRight()) < window.kernelWidth()) {
            return builder.node("MaxPool", extents, dilated(window).all(), source);
        }
        BatchExtents larger = source.extents()
                .with(2, source.extents().dim(2).count() + window.padTop() + window.padBottom())
                .with(3, source.extents().dim(3).count() + window.padLeft() + window.padRight());
        WrittenValue padded = builder.node(
                "Pad",
                larger,
                source,
                builder.wholes(
                        "pads", 0, 0, window.padTop(), window.padLeft(), 0, 0, window.padBottom(), window.padRight()),
                builder.scalar("value", Float.NEGATIVE_INFINITY));
        return builder.node(
                "MaxPool", extents, dilated(window.padding(0, 0, 0, 0)).all(), padded);
    }

    private static boolean isGlobal(Window window, BatchExtents source) {
        return window.equals(new Window(
                Math.toIntExact(source.dim(2).count()),
                Math.toIntExact(source.dim(3).count()),
                1,
                1,
                1,
                1,
                0,
                0,
                0,
                0));
    }
}
