package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
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
    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;
    private final Engine engine;

    DirectConvolution(LoweringContext context) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
        this.engine = context.engine();
    }

    /** oneDNN counts groups as an axis of their own. */
    static Shape weightsDims(Shape weights, int groups) {
        return groups == 1
                ? weights
                : Shape.of(groups, weights.dim(0) / groups, weights.dim(1), weights.dim(2), weights.dim(3));
    }

    private PrimitiveDesc forwardDesc(
            DataType type,
            Shape source,
            Shape weights,
            boolean bias,
            Shape result,
            Window window,
            int groups,
            Attributes attributes) {
        return context.own(Convolutions.forward(
                engine,
                context.training(),
                context.any(source, type),
                context.any(weightsDims(weights, groups), type),
                bias ? context.any(Shape.of(weights.dim(0))) : null,
                context.any(result, type),
                Windows.sliding(window),
                attributes));
    }

    @Override
    public void forward(Node node, Convolution op) {
        Shape source = node.input(0).shape();
        Shape weights = node.input(1).shape();
        boolean bias = op.hasBias(node.inputs().size());
        PrimitiveDesc desc = forwardDesc(
                node.output().type(),
                source,
                weights,
                bias,
                node.output().shape(),
                op.window(),
                op.groups(),
                LoweringContext.attributes(op.postOps()));
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, context.chosen(node.input(0), desc, Argument.SRC, source));
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
                                desc.layout(
                                        Argument.DST,
                                        node.output().shape(),
                                        node.output().type()))
                        : context.result(
                                desc,
                                Argument.DST,
                                node.output().shape(),
                                node.output().type()));
        program.add(desc, locations);
        compiler.put(node.output(), locations.get(Argument.DST));
    }

    @Override
    public void backwardData(Node node, ConvolutionBackwardData op) {
        Shape gradient = node.input(0).shape();
        Shape weights = node.input(1).shape();
        Shape dims = weightsDims(weights, op.groups());
        DataType type = node.output().type();
        PrimitiveDesc hint =
                forwardDesc(type, op.source(), weights, false, gradient, op.window(), op.groups(), Attributes.NONE);
        PrimitiveDesc desc = context.own(Convolutions.backwardData(
                engine,
                context.any(op.source(), type),
                context.any(dims, type),
                context.any(gradient, type),
                Windows.sliding(op.window()),
                hint));
        Location result = context.result(desc, Argument.DIFF_SRC, op.source(), type);
        program.add(
                desc,
                Map.of(
                        Argument.DIFF_DST,
                        context.chosen(node.input(0), desc, Argument.DIFF_DST, gradient),
                        Argument.WEIGHTS,
                        context.chosen(node.input(1), desc, Argument.WEIGHTS, dims),
                        Argument.DIFF_SRC,
                        result));
        compiler.put(node.output(), result);
    }

    @Override
    public void backwardWeights(Node node, ConvolutionBackwardWeights op) {
        Shape source = node.input(0).shape();
        Shape gradient = node.input(1).shape();
        PrimitiveDesc desc = backwardWeightsDesc(node, op);
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, context.chosen(node.input(0), desc, Argument.SRC, source));
        locations.put(Argument.DIFF_DST, context.chosen(node.input(1), desc, Argument.DIFF_DST, gradient));
        context.weightGradients(node, desc, weightsDims(op.weights(), op.groups()), locations);
    }

    /** The gradients of weights and bias are 32 bits wide, whatever comes in. */
    private PrimitiveDesc backwardWeightsDesc(Node node, ConvolutionBackwardWeights op) {
        Shape source = node.input(0).shape();
        Shape gradient = node.input(1).shape();
        DataType type = node.input(0).type();
        PrimitiveDesc hint =
                forwardDesc(type, source, op.weights(), op.bias(), gradient, op.window(), op.groups(), Attributes.NONE);
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
        return program.own(backwardWeightsDesc(node, op)
                .layout(Argument.DIFF_WEIGHTS, weightsDims(op.weights(), op.groups()), DataType.FLOAT32));
    }
}
