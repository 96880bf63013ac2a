package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Node;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedConvolution;
import dev.thalweg.graph.QuantizedInnerProduct;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Attributes.Quantized;
import dev.thalweg.onednn.Convolutions;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.onednn.Products;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Operations on integers that stand for floats. */
final class QuantizedLowering {
    /** Axes along which scales vary: filters are the first of weights; with groups before them, the first two. */
    private static final int FIRST_AXIS = 0b01;

    private static final int SECOND_AXIS = 0b10;

    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;

    QuantizedLowering(LoweringContext context) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
    }

    void convolution(Node node, QuantizedConvolution op) {
        Shape source = node.input(0).shape();
        Shape filters = Shape.of(node.input(1).shape().dim(0));
        Shape weights = DirectConvolution.weightsDims(node.input(1).shape(), op.groups());
        boolean bias = op.hasBias(node.inputs().size());
        Attributes.Sum sum = op.summand()
                .map(s -> new Attributes.Sum(s.scale(), s.zeroPoint()))
                .orElse(new Attributes.Sum(1, 0));
        PrimitiveDesc desc = context.own(Convolutions.forward(
                context.engine(),
                false,
                context.any(source, op.source().type()),
                context.any(weights, DataType.INT8),
                bias ? context.any(filters) : null,
                context.any(node.output().shape(), node.output().type()),
                Windows.sliding(op.window()),
                attributes(
                        LoweringContext.attributes(op.postOps(), sum),
                        op.source(),
                        op.groups() == 1 ? FIRST_AXIS : FIRST_AXIS | SECOND_AXIS,
                        op.result())));
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, context.chosen(node.input(0), desc, Argument.SRC, source));
        locations.put(Argument.WEIGHTS, context.chosen(node.input(1), desc, Argument.WEIGHTS, weights));
        locations.put(Argument.WEIGHTS_SCALES, context.plainIn(node.input(2)));
        if (bias) {
            locations.put(Argument.BIAS, context.chosen(node.input(3), desc, Argument.BIAS, filters));
        }
        put(op.source(), Argument.SRC_SCALES, Argument.SRC_ZERO_POINTS, locations);
        op.result().ifPresent(result -> put(result, Argument.DST_SCALES, Argument.DST_ZERO_POINTS, locations));
        MemoryDesc layout =
                desc.layout(Argument.DST, node.output().shape(), node.output().type());
        locations.put(
                Argument.DST,
                op.postOps().sum()
                        ? context.resultOnto(node, node.inputs().getLast(), layout)
                        : program.locate(layout));
        program.add(desc, locations);
        compiler.put(node.output(), locations.get(Argument.DST));
    }

    /** As a matrix product, since oneDNN's inner products know no zero points. */
    void innerProduct(Node node, QuantizedInnerProduct op) {
        Shape result = node.output().shape();
        int inputs = node.input(1).shape().dim(1);
        int outputs = result.dim(1);
        boolean bias = node.inputs().size() > 3;
        Location source = context.plainIn(node.input(0));
        PrimitiveDesc desc = context.own(Products.matmul(
                context.engine(),
                source.layout(),
                context.any(Shape.of(inputs, outputs), DataType.INT8),
                bias ? context.plain(Shape.of(1, outputs)) : null,
                program.own(MemoryDesc.plain(result, node.output().type())),
                attributes(LoweringContext.attributes(op.activation()), op.source(), SECOND_AXIS, op.result())));
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, source);
        locations.put(Argument.WEIGHTS, transposed(node.input(1), desc));
        locations.put(Argument.WEIGHTS_SCALES, context.plainIn(node.input(2)));
        if (bias) {
            locations.put(Argument.BIAS, compiler.in(node.input(3), Shape.of(1, outputs)));
        }
        put(op.source(), Argument.SRC_SCALES, Argument.SRC_ZERO_POINTS, locations);
        op.result().ifPresent(to -> put(to, Argument.DST_SCALES, Argument.DST_ZERO_POINTS, locations));
        locations.put(
                Argument.DST,
                context.result(desc, Argument.DST, result, node.output().type()));
        program.add(desc, locations);
        compiler.put(node.output(), locations.get(Argument.DST));
    }

    /** Weights {@code [O, I]}, seen as {@code [I, O]}, as a product wants them. */
    private Location transposed(Value weights, PrimitiveDesc desc) {
        Location seen = new Location(
                context.plainIn(weights).buffer(),
                program.own(MemoryDesc.transposed(weights.shape(), DataType.INT8, List.of(1, 0))));
        Location wanted = context.result(desc, Argument.WEIGHTS, seen.layout().dims(), DataType.INT8);
        context.copy(seen, wanted);
        return wanted;
    }

    private static Attributes attributes(
            Attributes postOps, Quantization source, int weights, Optional<Quantization> result) {
        Map<Quantized, Integer> scales = new EnumMap<>(Quantized.class);
        Set<Quantized> zeroPoints = EnumSet.noneOf(Quantized.class);
        scales.put(Quantized.SRC, 0);
        scales.put(Quantized.WEIGHTS, weights);
        if (source.zeroPoint() != 0) {
            zeroPoints.add(Quantized.SRC);
        }
        result.ifPresent(to -> {
            scales.put(Quantized.DST, 0);
            if (to.zeroPoint() != 0) {
                zeroPoints.add(Quantized.DST);
            }
        });
        return postOps.quantized(scales, zeroPoints);
    }

    private void put(
            Quantization quantization, Argument scales, Argument zeroPoints, Map<Argument, Location> locations) {
        locations.put(scales, compiler.constant(quantization.scale(), Shape.of(1)));
        if (quantization.zeroPoint() != 0) {
            locations.put(zeroPoints, compiler.integer(quantization.zeroPoint()));
        }
    }
}
