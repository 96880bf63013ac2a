package dev.thalweg.backend.onednn;

import dev.thalweg.graph.LayerNormalization;
import dev.thalweg.graph.LayerNormalizationBackward;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.Normalizations;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Layer normalizations, forward and backward, of tensors seen as rows: that is what the primitives are quickest at. */
final class LayerNormalizationLowering {
    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;

    LayerNormalizationLowering(LoweringContext context) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
    }

    private static Shape rows(Value value) {
        int length = value.shape().dim(value.shape().rank() - 1);
        return Shape.of(Shape.extent(value.shape().elements() / length), length);
    }

    private PrimitiveDesc desc(boolean scaled, MemoryDesc layout, MemoryDesc statistics, float epsilon) {
        return context.own(Normalizations.layerForward(context.engine(), scaled, layout, statistics, epsilon));
    }

    void forward(Node node, LayerNormalization op) {
        Value value = node.input(0);
        boolean scaled = node.inputs().size() > 1;
        Location result = program.locate(MemoryDesc.plain(value.shape(), value.type()));
        Location source = context.seenAs(context.plainIn(value), rows(value));
        Location mean = program.locate(MemoryDesc.plain(node.outputs().get(1).shape(), DataType.FLOAT32));
        Location variance =
                program.locate(MemoryDesc.plain(node.outputs().get(2).shape(), DataType.FLOAT32));
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, source);
        locations.put(Argument.DST, context.seenAs(result, rows(value)));
        locations.put(Argument.MEAN, mean);
        locations.put(Argument.VARIANCE, variance);
        if (scaled) {
            locations.put(Argument.SCALE, context.plainIn(node.input(1)));
            locations.put(Argument.SHIFT, context.plainIn(node.input(2)));
        }
        program.add(
                desc(scaled, source.layout(), mean.layout(), op.epsilon()),
                locations,
                Set.of(Argument.MEAN, Argument.VARIANCE));
        compiler.put(node.output(), result);
        compiler.put(node.outputs().get(1), mean);
        compiler.put(node.outputs().get(2), variance);
    }

    void backward(Node node, LayerNormalizationBackward op) {
        Value value = node.input(0);
        boolean scaled = node.inputs().size() > 4;
        Location gradient = context.plainIn(node.input(3));
        Location result = context.resultOver(node, node.input(3), gradient);
        Location mean = context.plainIn(node.input(1));
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, context.seenAs(context.plainIn(value), rows(value)));
        locations.put(Argument.MEAN, mean);
        locations.put(Argument.VARIANCE, context.plainIn(node.input(2)));
        locations.put(Argument.DIFF_DST, context.seenAs(gradient, rows(value)));
        locations.put(Argument.DIFF_SRC, context.seenAs(result, rows(value)));
        if (scaled) {
            locations.put(Argument.SCALE, context.plainIn(node.input(4)));
            locations.put(Argument.DIFF_SCALE, column(node.outputs().get(1)));
            locations.put(Argument.DIFF_SHIFT, column(node.outputs().get(2)));
        }
        MemoryDesc layout = locations.get(Argument.SRC).layout();
        program.add(
                context.own(Normalizations.layerBackward(
                        context.engine(),
                        scaled,
                        layout,
                        mean.layout(),
                        op.epsilon(),
                        desc(scaled, layout, mean.layout(), op.epsilon()))),
                locations);
        compiler.put(node.output(), result);
    }

    private Location column(Value gradient) {
        Location location = program.locate(MemoryDesc.plain(gradient.shape(), DataType.FLOAT32));
        compiler.put(gradient, location);
        return location;
    }
}
