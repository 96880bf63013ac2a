package dev.thalweg.backend.onednn;

import dev.thalweg.graph.BatchNormalization;
import dev.thalweg.graph.BatchNormalizationBackward;
import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.Normalizations;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Batch normalizations, forward and backward. */
final class NormalizationLowering {
    /** A normalization that a backward pass returns to; there is a workspace where there is a ReLU. */
    private record Forward(PrimitiveDesc desc, Location source, Optional<Location> workspace) {}

    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;
    private final Engine engine;
    private final Map<Value, Forward> normalized = new HashMap<>();

    NormalizationLowering(LoweringContext context) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
        this.engine = context.engine();
    }

    private Map<Argument, Location> normalizing(
            Location source, Location result, Value scale, Value shift, Location mean, Location variance) {
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, source);
        locations.put(Argument.DST, result);
        locations.put(Argument.SCALE, context.plainIn(scale));
        locations.put(Argument.SHIFT, context.plainIn(shift));
        locations.put(Argument.MEAN, mean);
        locations.put(Argument.VARIANCE, variance);
        return locations;
    }

    void forward(Node node, BatchNormalization op) {
        Location source = context.in(node, 0);
        Location result = program.locate(source.layout().copy());
        Location mean = program.locate(MemoryDesc.plain(node.outputs().get(1).shape(), DataType.FLOAT32));
        Location variance =
                program.locate(MemoryDesc.plain(node.outputs().get(2).shape(), DataType.FLOAT32));
        PrimitiveDesc desc =
                context.own(Normalizations.batchForward(engine, true, false, op.relu(), source.layout(), op.epsilon()));
        Map<Argument, Location> locations = normalizing(source, result, node.input(1), node.input(2), mean, variance);
        Optional<Location> workspace = context.addWorkspace(desc, node, locations);
        program.add(desc, locations, Set.of(Argument.MEAN, Argument.VARIANCE));
        compiler.put(node.output(), result);
        compiler.put(node.outputs().get(1), mean);
        compiler.put(node.outputs().get(2), variance);
        normalized.put(node.outputs().get(1), new Forward(desc, source, workspace));
    }

    void inference(Node node, BatchNormalizationInference op) {
        Location source = context.in(node, 0);
        Location result = context.resultOver(node, node.input(0), source);
        PrimitiveDesc desc =
                context.own(Normalizations.batchForward(engine, false, true, op.relu(), source.layout(), op.epsilon()));
        program.add(
                desc,
                normalizing(
                        source,
                        result,
                        node.input(1),
                        node.input(2),
                        context.plainIn(node.input(3)),
                        context.plainIn(node.input(4))));
        compiler.put(node.output(), result);
    }

    void backward(Node node, BatchNormalizationBackward op) {
        Forward forward = LoweringContext.forward(normalized, node.input(2));
        MemoryDesc layout = forward.source().layout();
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, forward.source());
        locations.put(Argument.SCALE, context.plainIn(node.input(1)));
        locations.put(Argument.MEAN, context.plainIn(node.input(2)));
        locations.put(Argument.VARIANCE, context.plainIn(node.input(3)));
        locations.put(Argument.DIFF_DST, compiler.in(node.input(5), layout));
        locations.put(Argument.DIFF_SRC, context.resultOver(node, node.input(5), locations.get(Argument.DIFF_DST)));
        locations.put(
                Argument.DIFF_SCALE,
                program.locate(MemoryDesc.plain(node.input(1).shape(), DataType.FLOAT32)));
        locations.put(
                Argument.DIFF_SHIFT,
                program.locate(MemoryDesc.plain(node.input(1).shape(), DataType.FLOAT32)));
        forward.workspace().ifPresent(workspace -> locations.put(Argument.WORKSPACE, workspace));
        program.add(
                context.own(Normalizations.batchBackward(engine, op.relu(), layout, op.epsilon(), forward.desc())),
                locations);
        compiler.put(node.outputs().get(0), locations.get(Argument.DIFF_SRC));
        compiler.put(node.outputs().get(1), locations.get(Argument.DIFF_SCALE));
        compiler.put(node.outputs().get(2), locations.get(Argument.DIFF_SHIFT));
    }
}
