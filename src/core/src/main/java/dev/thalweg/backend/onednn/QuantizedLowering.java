package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Node;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedConvolution;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Attributes.Quantized;
import dev.thalweg.onednn.Convolutions;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Operations on integers that stand for floats. */
final class QuantizedLowering {
    /** A number for each filter; where there are groups, they are an axis of their own, and filters the second. */
    private static final int EACH_FILTER = 1;

    private static final int EACH_GROUPS_FILTER = 3;

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
        Shape weights = ConvolutionLowering.weightsDims(node.input(1).shape(), op.groups());
        boolean bias = op.hasBias(node.inputs().size());
        PrimitiveDesc desc = context.own(Convolutions.forward(
                context.engine(),
                false,
                context.any(source, op.source().type()),
                context.any(weights, DataType.INT8),
                bias ? context.any(filters) : null,
                context.any(node.output().shape(), node.output().type()),
                Windows.sliding(op.window()),
                attributes(op)));
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

    private static Attributes attributes(QuantizedConvolution op) {
        Map<Quantized, Integer> scales = new EnumMap<>(Quantized.class);
        Set<Quantized> zeroPoints = EnumSet.noneOf(Quantized.class);
        scales.put(Quantized.SRC, 0);
        scales.put(Quantized.WEIGHTS, op.groups() == 1 ? EACH_FILTER : EACH_GROUPS_FILTER);
        if (op.source().zeroPoint() != 0) {
            zeroPoints.add(Quantized.SRC);
        }
        op.result().ifPresent(result -> {
            scales.put(Quantized.DST, 0);
            if (result.zeroPoint() != 0) {
                zeroPoints.add(Quantized.DST);
            }
        });
        Attributes.Sum sum = op.summand()
                .map(s -> new Attributes.Sum(s.scale(), s.zeroPoint()))
                .orElse(new Attributes.Sum(1, 0));
        return LoweringContext.attributes(op.postOps(), sum).quantized(scales, zeroPoints);
    }

    private void put(
            Quantization quantization, Argument scales, Argument zeroPoints, Map<Argument, Location> locations) {
        locations.put(scales, compiler.constant(quantization.scale(), Shape.of(1)));
        if (quantization.zeroPoint() != 0) {
            locations.put(zeroPoints, compiler.integer(quantization.zeroPoint()));
        }
    }
}
