package dev.thalweg.backend.onednn;

import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.InnerProductBackwardWeights;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.onednn.Products;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Inner products, forward and backward, and matrix products. */
final class ProductLowering {
    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;
    private final Engine engine;

    ProductLowering(LoweringContext context) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
        this.engine = context.engine();
    }

    /** The source's extents as they lie: a picture that was flattened is taken as a picture. */
    private Shape sourceDims(Value source) {
        Shape dims =
                compiler.find(source).map(location -> location.layout().dims()).orElse(source.shape());
        return dims.rank() == 4 && dims.dim(0) == source.shape().dim(0) ? dims : source.shape();
    }

    /**
     * What computes a result of pictures as they lie, channels in blocks perhaps: oneDNN prefers channels last, but is
     * as quick by the other layout where weights are laid out for it once, and pictures would have to be reordered
     * first. Only its reference implementation is not.
     */
    private PrimitiveDesc ofSource(Value value, Shape dims, Shape result, Function<MemoryDesc, PrimitiveDesc> desc) {
        boolean asTheyLie =
                !context.training() && dims.rank() == 4 && result.dim(1) > 1 && value.type() == DataType.FLOAT32;
        return compiler.findWhole(value)
                .map(Location::layout)
                .filter(lies -> asTheyLie && lies.dims().equals(dims))
                .map(desc)
                .filter(found -> !found.isReference())
                .orElseGet(() -> desc.apply(factorLayout(dims, result, value.type())));
    }

    /**
     * What the source's or the weights' layout is to be. oneDNN 3.13 takes pictures by one unit's weights, in
     * inference, in another order of channels and pixels than it asks the weights for: so for one unit both are
     * channels-last.
     */
    private MemoryDesc factorLayout(Shape dims, Shape result, DataType type) {
        if (dims.rank() != 4 || result.dim(1) > 1) {
            return context.any(dims, type);
        }
        Shape channelsLast = Shape.of(dims.dim(0), dims.dim(2), dims.dim(3), dims.dim(1));
        return program.own(MemoryDesc.transposed(channelsLast, type, List.of(0, 3, 1, 2)));
    }

    private PrimitiveDesc innerProductDesc(
            MemoryDesc source, Shape weights, boolean bias, MemoryDesc result, Attributes attributes) {
        return context.own(Products.innerForward(
                engine,
                context.training(),
                source,
                factorLayout(weights, result.dims(), source.type()),
                bias ? context.any(Shape.of(result.dims().dim(1))) : null,
                result,
                attributes));
    }

    void innerProduct(Node node, InnerProduct op) {
        Shape source = sourceDims(node.input(0));
        Shape result = node.output().shape();
        Shape weights = source.with(0, result.dim(1));
        boolean bias = node.inputs().size() > 2;
        PrimitiveDesc desc = ofSource(
                node.input(0),
                source,
                result,
                layout -> innerProductDesc(
                        layout,
                        weights,
                        bias,
                        context.any(result, op.result()),
                        LoweringContext.attributes(op.activation())));
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, context.chosen(node.input(0), desc, Argument.SRC, source));
        locations.put(Argument.WEIGHTS, context.chosen(node.input(1), desc, Argument.WEIGHTS, weights));
        if (bias) {
            locations.put(
                    Argument.BIAS,
                    context.chosen(
                            node.input(2), desc, Argument.BIAS, node.input(2).shape()));
        }
        locations.put(Argument.DST, context.result(desc, Argument.DST, result, op.result()));
        program.add(desc, locations);
        compiler.put(node.output(), locations.get(Argument.DST));
    }

    void innerProductBackwardData(Node node) {
        Shape gradient = node.input(0).shape();
        Shape weights = sourceDims(node.input(1));
        Shape source = weights.with(0, gradient.dim(0));
        DataType type = node.output().type();
        PrimitiveDesc desc = context.own(Products.innerBackwardData(
                engine,
                context.any(source, type),
                context.any(weights, type),
                context.any(gradient, type),
                innerProductDesc(
                        factorLayout(source, gradient, type), weights, false, context.any(gradient), Attributes.NONE)));
        Location result = context.result(desc, Argument.DIFF_SRC, source, type);
        program.add(
                desc,
                Map.of(
                        Argument.DIFF_DST,
                        context.chosen(node.input(0), desc, Argument.DIFF_DST, gradient),
                        Argument.WEIGHTS,
                        context.chosen(node.input(1), desc, Argument.WEIGHTS, weights),
                        Argument.DIFF_SRC,
                        result));
        compiler.put(node.output(), result);
    }

    void innerProductBackwardWeights(Node node, InnerProductBackwardWeights op) {
        Shape source = sourceDims(node.input(0));
        Shape gradient = node.input(1).shape();
        Shape weights = source.with(0, gradient.dim(1));
        DataType type = node.input(0).type();
        PrimitiveDesc desc = context.own(Products.innerBackwardWeights(
                engine,
                context.any(source, type),
                context.any(weights),
                op.bias() ? context.any(Shape.of(gradient.dim(1))) : null,
                context.any(gradient, type),
                innerProductDesc(
                        factorLayout(source, gradient, type),
                        weights,
                        op.bias(),
                        context.any(gradient),
                        Attributes.NONE)));
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, context.chosen(node.input(0), desc, Argument.SRC, source));
        locations.put(Argument.DIFF_DST, context.chosen(node.input(1), desc, Argument.DIFF_DST, gradient));
        context.weightGradients(node, desc, weights, locations);
    }

    private Location factor(Value value, boolean transposed) {
        Location location = context.plainIn(value);
        if (!transposed) {
            return location;
        }
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, value.shape().rank()).boxed().toList());
        Collections.swap(order, order.size() - 2, order.size() - 1);
        return new Location(location.buffer(), program.own(MemoryDesc.transposed(value.shape(), value.type(), order)));
    }

    void matmul(Node node, MatMul op) {
        Location first = factor(node.input(0), op.transposeFirst());
        Location second = factor(node.input(1), op.transposeSecond());
        Location result = program.locate(
                MemoryDesc.plain(node.output().shape(), node.output().type()));
        program.add(
                context.own(Products.matmul(
                        engine, first.layout(), second.layout(), null, result.layout(), Attributes.NONE)),
                Map.of(Argument.SRC, first, Argument.WEIGHTS, second, Argument.DST, result));
        compiler.put(node.output(), result);
    }
}
