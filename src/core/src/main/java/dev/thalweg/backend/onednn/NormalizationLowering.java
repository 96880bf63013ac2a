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
import java.util.Set;

/** Batch normalizations, forward and backward. */
final class NormalizationLowering {
    /** A normalization that a backward pass returns to; the workspace is null without a ReLU. */
    private record Forward(PrimitiveDesc desc, Place source, Place workspace) {}

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

    private Map<Argument, Place> normalizing(
            Place source, Place result, Value scale, Value shift, Place mean, Place variance) {
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.SRC, source);
        places.put(Argument.DST, result);
        places.put(Argument.SCALE, context.plainIn(scale));
        places.put(Argument.SHIFT, context.plainIn(shift));
        places.put(Argument.MEAN, mean);
        places.put(Argument.VARIANCE, variance);
        return places;
    }

    void forward(Node node, BatchNormalization op) {
        Place source = context.in(node, 0);
        Place result = program.place(source.layout().copy());
        Place mean = program.place(MemoryDesc.plain(node.outputs().get(1).shape(), DataType.FLOAT32));
        Place variance = program.place(MemoryDesc.plain(node.outputs().get(2).shape(), DataType.FLOAT32));
        PrimitiveDesc desc =
                context.own(Normalizations.batchForward(engine, true, false, op.relu(), source.layout(), op.epsilon()));
        Map<Argument, Place> places = normalizing(source, result, node.input(1), node.input(2), mean, variance);
        context.addWorkspace(desc, node, places);
        program.step(desc, places, Set.of(Argument.MEAN, Argument.VARIANCE));
        compiler.put(node.output(), result);
        compiler.put(node.outputs().get(1), mean);
        compiler.put(node.outputs().get(2), variance);
        normalized.put(node.outputs().get(1), new Forward(desc, source, places.get(Argument.WORKSPACE)));
    }

    void inference(Node node, BatchNormalizationInference op) {
        Place source = context.in(node, 0);
        Place result = context.resultOver(node, node.input(0), source);
        PrimitiveDesc desc =
                context.own(Normalizations.batchForward(engine, false, true, op.relu(), source.layout(), op.epsilon()));
        program.step(
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
        Forward forward = normalized.get(node.input(2));
        MemoryDesc layout = forward.source().layout();
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.SRC, forward.source());
        places.put(Argument.SCALE, context.plainIn(node.input(1)));
        places.put(Argument.MEAN, context.plainIn(node.input(2)));
        places.put(Argument.VARIANCE, context.plainIn(node.input(3)));
        places.put(Argument.DIFF_DST, compiler.in(node.input(5), layout));
        places.put(Argument.DIFF_SRC, context.resultOver(node, node.input(5), places.get(Argument.DIFF_DST)));
        places.put(
                Argument.DIFF_SCALE,
                program.place(MemoryDesc.plain(node.input(1).shape(), DataType.FLOAT32)));
        places.put(
                Argument.DIFF_SHIFT,
                program.place(MemoryDesc.plain(node.input(1).shape(), DataType.FLOAT32)));
        if (forward.workspace() != null) {
            places.put(Argument.WORKSPACE, forward.workspace());
        }
        program.step(
                context.own(Normalizations.batchBackward(engine, op.relu(), layout, op.epsilon(), forward.desc())),
                places);
        compiler.put(node.outputs().get(0), places.get(Argument.DIFF_SRC));
        compiler.put(node.outputs().get(1), places.get(Argument.DIFF_SCALE));
        compiler.put(node.outputs().get(2), places.get(Argument.DIFF_SHIFT));
    }
}
