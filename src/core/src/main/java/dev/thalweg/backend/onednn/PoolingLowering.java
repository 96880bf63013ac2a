package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PoolingBackward;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.Poolings;
import dev.thalweg.onednn.PrimitiveDesc;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Poolings, forward and backward. */
final class PoolingLowering {
    /** A pooling that a backward pass returns to. */
    private record Forward(PrimitiveDesc desc, Place source, Place result, Place workspace) {}

    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;
    private final Engine engine;
    private final Set<Value> returned = new HashSet<>();
    private final Map<Value, Forward> pooled = new HashMap<>();

    PoolingLowering(LoweringContext context, Graph graph) {
        this.context = context;
        this.compiler = context.compiler();
        this.program = context.program();
        this.engine = context.engine();
        graph.nodes().stream().filter(n -> n.op() instanceof PoolingBackward).forEach(n -> returned.add(n.input(1)));
    }

    void forward(Node node, Pooling op) {
        boolean returns = returned.contains(node.output());
        Place source = context.in(node, 0);
        PrimitiveDesc desc = context.own(Poolings.forward(
                engine,
                returns,
                Algorithms.of(op.kind()),
                source.layout(),
                context.any(node.output().shape(), node.output().type()),
                Windows.kernel(op.window()),
                Windows.sliding(op.window())));
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.SRC, source);
        places.put(
                Argument.DST,
                context.result(
                        desc, Argument.DST, node.output().shape(), node.output().type()));
        context.addWorkspace(desc, node, places);
        program.step(desc, places);
        compiler.put(node.output(), places.get(Argument.DST));
        if (returns) {
            pooled.put(
                    node.output(), new Forward(desc, source, places.get(Argument.DST), places.get(Argument.WORKSPACE)));
        }
    }

    void backward(Node node, PoolingBackward op) {
        Forward forward = pooled.get(node.input(1));
        PrimitiveDesc desc = context.own(Poolings.backward(
                engine,
                Algorithms.of(op.kind()),
                forward.source().layout(),
                forward.result().layout(),
                Windows.kernel(op.window()),
                Windows.sliding(op.window()),
                forward.desc()));
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(
                Argument.DIFF_DST, compiler.in(node.input(2), forward.result().layout()));
        places.put(Argument.DIFF_SRC, program.place(forward.source().layout().copy()));
        if (forward.workspace() != null) {
            places.put(Argument.WORKSPACE, forward.workspace());
        }
        program.step(desc, places);
        compiler.put(node.output(), places.get(Argument.DIFF_SRC));
    }
}
