package dev.thalweg.backend.onednn;

import dev.thalweg.backend.winograd.KernelGradient;
import dev.thalweg.backend.winograd.KernelTransform;
import dev.thalweg.backend.winograd.Tiles;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Convolutions of 3×3 kernels with a quarter of the multiplications: tiles of 4×4 results by Winograd's minimal
 * filtering, Lavin and Gray, CVPR 2016. Each thread transforms a block of tiles that its cache holds, has oneDNN
 * multiply the 36 matrices of it, and transforms the products back. Pictures lie channels last meanwhile.
 */
final class WinogradConvolution implements ConvolutionWay {
    private static final int TAPS = 3;
    /** Bytes of a block's transformed tiles and products. */
    private static final long BLOCK_BYTES = 1 << 20;
    /** Fewer tiles than these leave a product's rows too short for its kernels. */
    private static final int BLOCK_TILES = 32;

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

    private static MemoryDesc channelsLast(Shape shape) {
        return MemoryDesc.transposed(
                Shape.of(shape.dim(0), shape.dim(2), shape.dim(3), shape.dim(1)),
                DataType.FLOAT32,
                List.of(0, 3, 1, 2));
    }

    /** Kernels {@code [O, C, 3, 3]} as matrices: {@code [3, 3, C, O]}. */
    private static MemoryDesc matrices(Shape weights) {
        return MemoryDesc.transposed(
                Shape.of(TAPS, TAPS, weights.dim(1), weights.dim(0)), DataType.FLOAT32, List.of(3, 2, 0, 1));
    }

    /** Kernels {@code [O, C, 3, 3]} as transposed matrices: {@code [3, 3, O, C]}. */
    private static MemoryDesc transposedMatrices(Shape weights) {
        return MemoryDesc.transposed(
                Shape.of(TAPS, TAPS, weights.dim(0), weights.dim(1)), DataType.FLOAT32, List.of(2, 3, 0, 1));
    }

    @Override
    public void forward(Node node, Convolution op) {
        Shape source = node.input(0).shape();
        Shape weights = node.input(1).shape();
        Shape result = node.output().shape();
        Location kernels = transformed(
                compiler.in(node.input(1), program.own(matrices(weights))), weights.dim(1), weights.dim(0), false);
        Location from = compiler.in(node.input(0), program.own(channelsLast(source)));
        Optional<Location> bias =
                op.hasBias(node.inputs().size()) ? Optional.of(context.in(node, 2)) : Optional.empty();
        Location into = op.postOps().sum()
                ? context.resultOnto(node, node.inputs().getLast(), channelsLast(result))
                : program.locate(channelsLast(result));
        Tiles tiles = tiles(source, op.window().padTop(), op.window().padLeft(), result);
        filter(tiles, from, kernels, bias, into, op.postOps());
        compiler.put(node.output(), into);
    }

    /** The convolution of the result's gradient with kernels turned by 180 degrees. */
    @Override
    public void backwardData(Node node, ConvolutionBackwardData op) {
        Shape gradient = node.input(0).shape();
        Shape weights = node.input(1).shape();
        Location kernels = transformed(
                compiler.in(node.input(1), program.own(transposedMatrices(weights))),
                weights.dim(0),
                weights.dim(1),
                true);
        Location from = compiler.in(node.input(0), program.own(channelsLast(gradient)));
        Location into = program.locate(channelsLast(op.source()));
        Window window = op.window();
        Tiles tiles = tiles(gradient, TAPS - 1 - window.padTop(), TAPS - 1 - window.padLeft(), op.source());
        filter(tiles, from, kernels, Optional.empty(), into, PostOps.NONE);
        compiler.put(node.output(), into);
    }

    @Override
    public void backwardWeights(Node node, ConvolutionBackwardWeights op) {
        Shape source = node.input(0).shape();
        Shape gradient = node.input(1).shape();
        int channels = source.dim(1);
        int filters = gradient.dim(1);
        Tiles tiles = tiles(source, op.window().padTop(), op.window().padLeft(), gradient);
        int blockTiles = blockTiles(tiles, channels + filters);
        TeamProduct product = TeamProduct.compile(
                context,
                program.own(MemoryDesc.transposed(
                        Shape.of(Tiles.PRODUCTS, blockTiles, channels), DataType.FLOAT32, List.of(0, 2, 1))),
                context.plain(Shape.of(Tiles.PRODUCTS, blockTiles, filters)),
                context.plain(Shape.of(Tiles.PRODUCTS, channels, filters)),
                Attributes.NONE.then(new Attributes.Sum(1, 0)));
        Location from = compiler.in(node.input(0), program.own(channelsLast(source)));
        Location by = compiler.in(node.input(1), program.own(channelsLast(gradient)));
        Location scratch = scratch(blockTiles, channels + filters);
        Location sums = program.locate(
                MemoryDesc.plain(Shape.of(compiler.threads(), Tiles.PRODUCTS, channels, filters), DataType.FLOAT32));
        List<Location> written = new ArrayList<>(List.of(scratch, sums));
        Optional<Location> biasSums = op.bias()
                ? Optional.of(program.locate(MemoryDesc.plain(Shape.of(compiler.threads(), filters), DataType.FLOAT32)))
                : Optional.empty();
        biasSums.ifPresent(written::add);
        WinogradGradientKernel kernel = new WinogradGradientKernel(
                tiles, channels, filters, blockTiles, product, from, by, scratch, sums, biasSums);
        program.add(kernel, List.of(from, by), written);
        Location result = program.locate(matrices(op.weights()));
        program.add(
                memory -> new KernelGradient(
                        memory.segment(sums), memory.segment(result), channels * filters, compiler.threads()),
                List.of(sums),
                List.of(result));
        compiler.put(node.output(), result);
        biasSums.ifPresent(partial -> putBias(node, partial));
    }

    private void putBias(Node node, Location sums) {
        Shape shape = node.outputs().get(1).shape();
        Location bias = program.locate(MemoryDesc.plain(shape, DataType.FLOAT32));
        program.add(memory -> new BiasSum(memory.segment(sums), memory.segment(bias)), List.of(sums), List.of(bias));
        compiler.put(node.outputs().get(1), bias);
    }

    /** The layout in which the gradient of weights comes. */
    @Override
    public MemoryDesc gradientLayout(Node node, ConvolutionBackwardWeights op) {
        return program.own(matrices(op.weights()));
    }

    private static Tiles tiles(Shape source, int padTop, int padLeft, Shape result) {
        return Tiles.of(
                source.dim(0),
                source.dim(2),
                source.dim(3),
                padTop,
                padLeft,
                result.dim(2),
                result.dim(3),
                Math.max(source.dim(1), result.dim(1)));
    }

    private Location transformed(Location kernels, int channels, int filters, boolean rotated) {
        Location transformed =
                program.locate(MemoryDesc.plain(Shape.of(Tiles.PRODUCTS, channels, filters), DataType.FLOAT32));
        program.add(
                memory -> new KernelTransform(
                        memory.segment(kernels),
                        memory.segment(transformed),
                        channels * filters,
                        rotated,
                        compiler.threads()),
                List.of(kernels),
                List.of(transformed));
        return transformed;
    }

    private void filter(
            Tiles tiles, Location from, Location kernels, Optional<Location> bias, Location into, PostOps postOps) {
        int channels = kernels.layout().dims().dim(1);
        int filters = kernels.layout().dims().dim(2);
        int blockTiles = blockTiles(tiles, channels + filters);
        TeamProduct product = TeamProduct.compile(
                context,
                context.plain(Shape.of(Tiles.PRODUCTS, blockTiles, channels)),
                kernels.layout(),
                context.plain(Shape.of(Tiles.PRODUCTS, blockTiles, filters)),
                Attributes.NONE);
        Location scratch = scratch(blockTiles, channels + filters);
        List<Location> read = new ArrayList<>(List.of(from, kernels));
        bias.ifPresent(read::add);
        program.add(
                new WinogradFilterKernel(
                        tiles, channels, filters, blockTiles, product, from, kernels, bias, into, scratch, postOps),
                read,
                List.of(into, scratch));
    }

    /** A multiple of a strip's, as many as a cache holds, no more than a thread has. */
    private int blockTiles(Tiles tiles, int channels) {
        long most = Math.max(BLOCK_TILES, BLOCK_BYTES / (Tiles.PRODUCTS * Float.BYTES * (long) channels));
        long ofThread = (tiles.strips() + compiler.threads() - 1L) / compiler.threads();
        return Math.toIntExact(Math.clamp(most / tiles.stripTiles(), 1, ofThread) * tiles.stripTiles());
    }

    /** For each thread the transformed tiles of a block, then what belongs to them. */
    private Location scratch(int blockTiles, int channels) {
        return program.locate(
                MemoryDesc.plain(Shape.of(compiler.threads(), Tiles.PRODUCTS, blockTiles, channels), DataType.FLOAT32));
    }
}
