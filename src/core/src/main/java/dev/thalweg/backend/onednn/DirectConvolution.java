package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Convolutions;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.EnumMap;
import java.util.Map;

/** Convolutions by the primitives that oneDNN has for them. */
final class DirectConvolution implements ConvolutionWay {
    /** As many as colours and transparency are: for so few oneDNN has kernels that read them plain. */
    private static final int FEW_CHANNELS = 4;

    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;
    private final Engine engine;
    private final boolean onlyOne;

    DirectConvolution(LoweringContext context, Graph graph) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
        this.engine = context.engine();
        this.onlyOne = graph.nodes(Convolution.class).size() == 1;
    }

    /** oneDNN counts groups as an axis of their own. */
    static Shape weightsDims(Shape weights, int groups) {
        return groups == 1
                ? weights
                : Shape.of(groups, weights.dim(0) / groups, weights.dim(1), weights.dim(2), weights.dim(3));
    }

    private PrimitiveDesc forwardDesc(
            MemoryDesc source,
            Shape weights,
            boolean bias,
            Shape result,
            Window window,
            int groups,
            Attributes attributes) {
        return context.own(Convolutions.forward(
                engine,
                context.training(),
                source,
                context.any(weightsDims(weights, groups), source.type()),
                bias ? context.any(Shape.of(weights.dim(0))) : null,
                context.any(result, source.type()),
                Windows.sliding(window),
                attributes));
    }

    /**
     * How a source is asked for. A few channels are quicker read as they come, plain, than channels last, as oneDNN
     * would have them to predict; but then the result's channels lie in blocks, which only pays where no other
     * convolution would have them channels last again.
     */
    private MemoryDesc sourceLayout(Node node, Convolution op, Input source) {
        boolean asItComes = onlyOne
                && !context.training()
                && source.type() == DataType.FLOAT32
                && source.dims().dim(1) <= FEW_CHANNELS
                && op.groups() == 1
                && compiler.findWhole(node.input(0)).isPresent();
        return asItComes ? context.plain(source.dims()) : context.any(source.dims(), source.type());
    }

    @Override
    public void forward(Node node, Convolution op) {
        Input source = Input.of(compiler, node.input(0));
        compiler.put(node.output(), forward(node, op, source, node.output().shape()));
    }

    /** The result for a source that may have other extents than the operation's. */
    Location forward(Node node, Convolution op, Input source, Shape result) {
        Shape weights = node.input(1).shape();
        boolean bias = op.hasBias(node.inputs().size());
        PrimitiveDesc desc = forwardDesc(
                sourceLayout(node, op, source),
                weights,
                bias,
                result,
                op.window(),
                op.groups(),
                LoweringContext.attributes(op.postOps()));
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, source.chosen(program, desc, Argument.SRC));
        locations.put(
                Argument.WEIGHTS,
                context.chosen(node.input(1), desc, Argument.WEIGHTS, weightsDims(weights, op.groups())));
        if (bias) {
            locations.put(
                    Argument.BIAS,
                    context.chosen(
                            node.input(2), desc, Argument.BIAS, node.input(2).shape()));
        }
        locations.put(
                Argument.DST,
                op.postOps().sum()
                        ? context.resultOnto(
                                node,
                                node.inputs().getLast(),
                                desc.layout(Argument.DST, result, node.output().type()))
                        : context.result(
                                desc, Argument.DST, result, node.output().type()));
        program.add(desc, locations);
        return locations.get(Argument.DST);
    }

    @Override
    public void backwardData(Node node, ConvolutionBackwardData op) {
        compiler.put(node.output(), backwardData(node, op, Input.of(compiler, node.input(0)), op.source()));
    }

    /** The gradient of a source that may have other extents than the operation's. */
    Location backwardData(Node node, ConvolutionBackwardData op, Input gradient, Shape source) {
        Shape weights = node.input(1).shape();
        Shape dims = weightsDims(weights, op.groups());
        DataType type = node.output().type();
        PrimitiveDesc hint = forwardDesc(
                context.any(source, type), weights, false, gradient.dims(), op.window(), op.groups(), Attributes.NONE);
        PrimitiveDesc desc = context.own(Convolutions.backwardData(
                engine,
                context.any(source, type),
                context.any(dims, type),
                context.any(gradient.dims(), type),
                Windows.sliding(op.window()),
                hint));
        Location result = context.result(desc, Argument.DIFF_SRC, source, type);
        program.add(
                desc,
                Map.of(
                        Argument.DIFF_DST,
                        gradient.chosen(program, desc, Argument.DIFF_DST),
                        Argument.WEIGHTS,
                        context.chosen(node.input(1), desc, Argument.WEIGHTS, dims),
                        Argument.DIFF_SRC,
                        result));
        return result;
    }

    @Override
    public void backwardWeights(Node node, ConvolutionBackwardWeights op) {
        backwardWeights(node, op, Input.of(compiler, node.input(0)), Input.of(compiler, node.input(1)));
    }

    /** The gradients of weights and bias, of a source and a result that may have other extents than the operation's. */
    void backwardWeights(Node node, ConvolutionBackwardWeights op, Input source, Input gradient) {
        PrimitiveDesc desc = backwardWeightsDesc(op, source.type(), source.dims(), gradient.dims());
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, source.chosen(program, desc, Argument.SRC));
        locations.put(Argument.DIFF_DST, gradient.chosen(program, desc, Argument.DIFF_DST));
        context.weightGradients(node, desc, weightsDims(op.weights(), op.groups()), locations);
    }

    /** The gradients of weights and bias are 32 bits wide, whatever comes in. */
    private PrimitiveDesc backwardWeightsDesc(
            ConvolutionBackwardWeights op, DataType type, Shape source, Shape gradient) {
        PrimitiveDesc hint = forwardDesc(
                context.any(source, type),
                op.weights(),
                op.bias(),
                gradient,
                op.window(),
                op.groups(),
                Attributes.NONE);
        return context.own(Convolutions.backwardWeights(
                engine,
                context.any(source, type),
                context.any(weightsDims(op.weights(), op.groups())),
                op.bias() ? context.any(Shape.of(op.weights().dim(0))) : null,
                context.any(gradient, type),
                Windows.sliding(op.window()),
                hint));
    }

    @Override
    public MemoryDesc gradientLayout(Node node, ConvolutionBackwardWeights op) {
        return gradientLayout(
                op, node.input(0).type(), node.input(0).shape(), node.input(1).shape());
    }

    /** The layout of the gradient of weights for such a source and gradient of the result. */
    MemoryDesc gradientLayout(ConvolutionBackwardWeights op, DataType type, Shape source, Shape gradient) {
        return program.own(backwardWeightsDesc(op, type, source, gradient)
                .layout(Argument.DIFF_WEIGHTS, weightsDims(op.weights(), op.groups()), DataType.FLOAT32));
    }
}
