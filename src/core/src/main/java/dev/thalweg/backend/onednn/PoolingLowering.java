package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PoolingBackward;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.Poolings;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.Shape;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Poolings, forward and backward. */
final class PoolingLowering {
    /** A pooling that a backward pass returns to. */
    private record Forward(PrimitiveDesc desc, Location source, Location result, Optional<Location> workspace) {}

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
        graph.nodes(PoolingBackward.class).forEach(n -> returned.add(n.input(1)));
    }

    private static Window reached(Window window, Node node) {
        Shape source = node.input(0).shape();
        return window.withoutIdlePadding(source.dim(2), source.dim(3));
    }

    void forward(Node node, Pooling op) {
        boolean returns = returned.contains(node.output());
        Location source = context.in(node, 0);
        PrimitiveDesc desc = context.own(Poolings.forward(
                engine,
                returns,
                Algorithms.of(op.kind()),
                source.layout(),
                context.any(node.output().shape(), node.output().type()),
                Windows.kernel(op.window()),
                Windows.sliding(reached(op.window(), node))));
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(Argument.SRC, source);
        locations.put(
                Argument.DST,
                context.result(
                        desc, Argument.DST, node.output().shape(), node.output().type()));
        Optional<Location> workspace = context.addWorkspace(desc, node, locations);
        program.add(desc, locations);
        compiler.put(node.output(), locations.get(Argument.DST));
        if (returns) {
            pooled.put(node.output(), new Forward(desc, source, locations.get(Argument.DST), workspace));
        }
    }

    void backward(Node node, PoolingBackward op) {
        Forward forward = LoweringContext.forward(pooled, node.input(1));
        PrimitiveDesc desc = context.own(Poolings.backward(
                engine,
                Algorithms.of(op.kind()),
                forward.source().layout(),
                forward.result().layout(),
                Windows.kernel(op.window()),
                Windows.sliding(reached(op.window(), node)),
                forward.desc()));
        Map<Argument, Location> locations = new EnumMap<>(Argument.class);
        locations.put(
                Argument.DIFF_DST, compiler.in(node.input(2), forward.result().layout()));
        locations.put(
                Argument.DIFF_SRC, program.locate(forward.source().layout().copy()));
        forward.workspace().ifPresent(workspace -> locations.put(Argument.WORKSPACE, workspace));
        program.add(desc, locations);
        compiler.put(node.output(), locations.get(Argument.DIFF_SRC));
    }
}
