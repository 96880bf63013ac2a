package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.Algorithm;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.Products;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Convolutions as one product of matrices over the batch: what the window sees at each place, a row each, by the
 * kernels. Pictures lie channels last; those of a 1×1 kernel are that matrix already.
 */
final class ProductConvolution implements ConvolutionWay {
    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;
    private final ElementwiseLowering elementwise;

    ProductConvolution(LoweringContext context, ElementwiseLowering elementwise) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
        this.elementwise = elementwise;
    }

    /** Whether it can compute a convolution's result and the gradient of its kernels. */
    static boolean fits(int groups) {
        return groups == 1;
    }

    /** Whether it can compute the gradient of a convolution's source too. */
    static boolean fits(Window window, int groups) {
        return groups == 1 && window.strideHeight() == 1 && window.strideWidth() == 1;
    }

    private Location pictures(Value value) {
        return compiler.in(value, program.own(ChannelsLast.pictures(value.shape(), value.type())));
    }

    /** Pictures, channels last, seen as a row for each pixel. */
    private Location pixels(Location pictures, Shape shape) {
        int channels = shape.dim(1);
        int pixels = Math.toIntExact(shape.elements() / channels);
        return context.seenAs(pictures, Shape.of(pixels, channels));
    }

    private void multiply(
            Location rows, Location factor, Optional<Location> bias, Location result, Attributes attributes) {
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, rows);
        locations.put(Argument.WEIGHTS, factor);
        locations.put(Argument.DST, result);
        bias.ifPresent(location -> locations.put(Argument.BIAS, location));
        program.add(
                context.own(Products.matmul(
                        context.engine(),
                        rows.layout(),
                        factor.layout(),
                        bias.map(Location::layout).orElse(null),
                        result.layout(),
                        attributes)),
                locations);
    }

    @Override
    public void forward(Node node, Convolution op) {
        Shape source = node.input(0).shape();
        Shape weights = node.input(1).shape();
        Shape result = node.output().shape();
        DataType type = node.output().type();
        Unfolding unfolding = Unfolding.ofSource(op.window(), source, type, result);
        Location kernels = compiler.in(node.input(1), program.own(ChannelsLast.kernels(weights, type)));
        Optional<Location> bias = op.hasBias(node.inputs().size())
                ? Optional.of(context.seenAs(context.in(node, 2), Shape.of(1, weights.dim(0))))
                : Optional.empty();
        Location rows = unfolding.matrix(context, pictures(node.input(0)));
        MemoryDesc layout = ChannelsLast.pictures(result, type);
        Location into =
                op.postOps().sum() ? context.resultOnto(node, node.inputs().getLast(), layout) : program.locate(layout);
        multiply(
                rows,
                context.seenAs(kernels, Shape.of(unfolding.columns(), weights.dim(0))),
                bias,
                pixels(into, result),
                LoweringContext.attributes(op.postOps()));
        compiler.put(node.output(), into);
    }

    @Override
    public void backwardData(Node node, ConvolutionBackwardData op) {
        Shape gradient = node.input(0).shape();
        Shape weights = node.input(1).shape();
        DataType type = node.output().type();
        Unfolding unfolding = Unfolding.ofGradient(op.window(), gradient, type, op.source());
        Location kernels = compiler.in(node.input(1), program.own(ChannelsLast.transposedKernels(weights, type)));
        Location rows = unfolding.matrix(context, pictures(node.input(0)));
        Location into = program.locate(ChannelsLast.pictures(op.source(), type));
        multiply(
                rows,
                context.seenAs(kernels, Shape.of(unfolding.columns(), weights.dim(1))),
                Optional.empty(),
                pixels(into, op.source()),
                Attributes.NONE);
        compiler.put(node.output(), into);
    }

    @Override
    public void backwardWeights(Node node, ConvolutionBackwardWeights op) {
        Shape gradient = node.input(1).shape();
        DataType type = node.input(0).type();
        Unfolding unfolding = Unfolding.ofSource(op.window(), node.input(0).shape(), type, gradient);
        Location rows = unfolding.matrix(context, pictures(node.input(0)));
        MemoryDesc transposed = program.own(
                MemoryDesc.transposed(Shape.of(unfolding.rows(), unfolding.columns()), type, List.of(1, 0)));
        Location pixels = pixels(pictures(node.input(1)), gradient);
        Location result = program.locate(ChannelsLast.kernels(op.weights(), DataType.FLOAT32));
        int filters = op.weights().dim(0);
        multiply(
                new Location(rows.buffer(), transposed),
                pixels,
                Optional.empty(),
                context.seenAs(result, Shape.of(unfolding.columns(), filters)),
                Attributes.NONE);
        compiler.put(node.output(), result);
        if (op.bias()) {
            Location sums = elementwise.reduction(Algorithm.REDUCTION_SUM, pixels, Shape.of(1, filters));
            compiler.put(node.outputs().get(1), context.seenAs(sums, Shape.of(filters)));
        }
    }

    @Override
    public MemoryDesc gradientLayout(Node node, ConvolutionBackwardWeights op) {
        return program.own(ChannelsLast.kernels(op.weights(), DataType.FLOAT32));
    }
}
