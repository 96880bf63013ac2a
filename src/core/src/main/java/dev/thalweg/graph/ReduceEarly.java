package dev.thalweg.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A pass: sums over replicas are begun as soon as there is something to add up, so that they travel while the rest of
 * the backward pass is computed.
 */
final class ReduceEarly {
    private ReduceEarly() {}

    /** Puts each {@link AllReduce} right behind the operation whose result it takes. */
    static Graph apply(Graph graph) {
        List<Node> waiting = new ArrayList<>(graph.nodes(AllReduce.class));
        if (waiting.isEmpty()) {
            return graph;
        }
        Set<Value> known = new HashSet<>(graph.inputs());
        known.addAll(graph.parameters());
        List<Node> ordered = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (!(node.op() instanceof AllReduce)) {
                ordered.add(node);
                known.addAll(node.outputs());
            }
            waiting.removeIf(reduction -> {
                boolean ready = known.contains(reduction.input(0));
                if (ready) {
                    ordered.add(reduction);
                    known.addAll(reduction.outputs());
                }
                return ready;
            });
        }
        return new Graph(graph.name(), ordered, graph.inputs(), graph.parameters(), graph.outputs());
    }
}
