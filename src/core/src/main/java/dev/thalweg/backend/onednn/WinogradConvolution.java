package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.SharedTask;
import dev.thalweg.backend.winograd.KernelChunks;
import dev.thalweg.backend.winograd.KernelTransform;
import dev.thalweg.backend.winograd.Tiles;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Convolutions of 3×3 kernels with a quarter of the multiplications: tiles of 4×4 results by Winograd's minimal
 * filtering, Lavin and Gray, CVPR 2016. Each thread transforms a block of tiles that its cache holds, has oneDNN
 * multiply the 36 matrices of it, and transforms the products back. Pictures lie channels last meanwhile.
 */
final class WinogradConvolution implements ConvolutionWay {
    private static final int TAPS = 3;

    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;

    WinogradConvolution(LoweringContext context) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
    }

    /** Whether it can compute a convolution of such a window. */
    static boolean fits(Window window, int groups) {
        return groups == 1
                && window.kernelHeight() == TAPS
                && window.kernelWidth() == TAPS
                && window.strideHeight() == 1
                && window.strideWidth() == 1
                && window.dilationHeight() == 1
                && window.dilationWidth() == 1
                && window.padTop() < TAPS
                && window.padLeft() < TAPS;
    }

    /** Whether it can do to a result what is to be done. */
    static boolean fits(PostOps postOps) {
        return postOps.activation().map(WinogradConvolution::isRelu).orElse(true);
    }

    private static boolean isRelu(Eltwise function) {
        return function.kind() == Eltwise.Kind.RELU && function.alpha() == 0;
    }

    @Override
    public void forward(Node node, Convolution op) {
        Shape source = node.input(0).shape();
        Shape weights = node.input(1).shape();
        Shape result = node.output().shape();
        Location kernels = transformed(
                compiler.in(node.input(1), program.own(ChannelsLast.kernels(weights, DataType.FLOAT32))),
                weights.dim(1),
                weights.dim(0),
                false);
        Location from = compiler.in(node.input(0), program.own(ChannelsLast.pictures(source, DataType.FLOAT32)));
        Optional<Location> bias =
                op.hasBias(node.inputs().size()) ? Optional.of(context.in(node, 2)) : Optional.empty();
        Location into = op.postOps().sum()
                ? context.resultOnto(node, node.inputs().getLast(), ChannelsLast.pictures(result, DataType.FLOAT32))
                : program.locate(ChannelsLast.pictures(result, DataType.FLOAT32));
        WinogradSize size = size(source, op.window().padTop(), op.window().padLeft(), result);
        new WinogradFilter(size, from, kernels, bias, into, op.postOps()).addTo(context);
        compiler.put(node.output(), into);
    }

    /** The convolution of the result's gradient with kernels turned by 180 degrees. */
    @Override
    public void backwardData(Node node, ConvolutionBackwardData op) {
        Shape gradient = node.input(0).shape();
        Shape weights = node.input(1).shape();
        Location kernels = transformed(
                compiler.in(node.input(1), program.own(ChannelsLast.transposedKernels(weights, DataType.FLOAT32))),
                weights.dim(0),
                weights.dim(1),
                true);
        Location from = compiler.in(node.input(0), program.own(ChannelsLast.pictures(gradient, DataType.FLOAT32)));
        Location into = program.locate(ChannelsLast.pictures(op.source(), DataType.FLOAT32));
        Window window = op.window();
        WinogradSize size = size(gradient, TAPS - 1 - window.padTop(), TAPS - 1 - window.padLeft(), op.source());
        new WinogradFilter(size, from, kernels, Optional.empty(), into, PostOps.NONE).addTo(context);
        compiler.put(node.output(), into);
    }

    @Override
    public void backwardWeights(Node node, ConvolutionBackwardWeights op) {
        Shape source = node.input(0).shape();
        Shape gradient = node.input(1).shape();
        WinogradSize size = size(source, op.window().padTop(), op.window().padLeft(), gradient);
        Location from = compiler.in(node.input(0), program.own(ChannelsLast.pictures(source, DataType.FLOAT32)));
        Location by = compiler.in(node.input(1), program.own(ChannelsLast.pictures(gradient, DataType.FLOAT32)));
        Location result = program.locate(ChannelsLast.kernels(op.weights(), DataType.FLOAT32));
        Optional<Location> bias = op.bias()
                ? Optional.of(
                        program.locate(MemoryDesc.plain(node.outputs().get(1).shape(), DataType.FLOAT32)))
                : Optional.empty();
        new WinogradGradient(size, from, by, result, bias).addTo(context);
        compiler.put(node.output(), result);
        bias.ifPresent(location -> compiler.put(node.outputs().get(1), location));
    }

    /** The layout in which the gradient of weights comes. */
    @Override
    public MemoryDesc gradientLayout(Node node, ConvolutionBackwardWeights op) {
        return program.own(ChannelsLast.kernels(op.weights(), DataType.FLOAT32));
    }

    private WinogradSize size(Shape source, int padTop, int padLeft, Shape result) {
        int channels = source.dim(1);
        int filters = result.dim(1);
        Tiles tiles = Tiles.of(
                source.dim(0),
                source.dim(2),
                source.dim(3),
                padTop,
                padLeft,
                result.dim(2),
                result.dim(3),
                Math.max(channels, filters));
        return new WinogradSize(tiles, channels, filters, compiler.threads());
    }

    private Location transformed(Location kernels, int channels, int filters, boolean rotated) {
        int count = Math.multiplyExact(channels, filters);
        Location transformed =
                program.locate(MemoryDesc.plain(Shape.of(Tiles.PRODUCTS, channels, filters), DataType.FLOAT32));
        program.add(
                "winograd kernels",
                memory -> new SharedTask(
                        0,
                        KernelChunks.chunks(count),
                        compiler.threads(),
                        thread -> new KernelTransform(
                                memory.segment(kernels),
                                memory.segment(transformed),
                                count,
                                rotated,
                                memory.scratch(thread))),
                List.of(kernels),
                List.of(transformed));
        return transformed;
    }
}
