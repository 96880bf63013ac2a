package dev.thalweg.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A stretch of a forward pass.
 *
 * @param nodes its operations, in order
 * @param kept those of its results that operations after it read
 */
record Segment(List<Node> nodes, Set<Value> kept) {
    /**
     * Cuts a pass into about as many stretches as each has large results, so that the sum of both is least: √n of n.
     */
    static List<Segment> of(List<Node> forward) {
        long all = 0;
        for (Node node : forward) {
            all += bytes(node);
        }
        long each = (long) (all
                / Math.max(
                        1, Math.sqrt(forward.stream().filter(n -> bytes(n) > 0).count())));
        List<Segment> segments = new ArrayList<>();
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < forward.size(); i++) {
            bytes += bytes(forward.get(i));
            if (bytes > each || i == forward.size() - 1) {
                segments.add(new Segment(forward.subList(from, i + 1), readFrom(forward, i + 1)));
                from = i + 1;
                bytes = 0;
            }
        }
        return segments;
    }

    private static long bytes(Node node) {
        return switch (node.op().aliasing(node.inputs().size())) {
            case Aliasing.View _, Aliasing.Once _ -> 0;
            case Aliasing.Own _, Aliasing.Over _, Aliasing.Afterwards _ ->
                node.outputs().stream()
                        .mapToLong(o -> o.shape().elements() * o.type().bytes())
                        .sum();
        };
    }

    private static Set<Value> readFrom(List<Node> nodes, int from) {
        Set<Value> read = new HashSet<>();
        nodes.subList(from, nodes.size()).forEach(n -> read.addAll(n.inputs()));
        return read;
    }

    /**
     * Adds the operations a second time, but for those whose only result is kept; what nobody reads is dropped by the
     * builder.
     */
    Map<Value, Value> recompute(GraphBuilder builder) {
        Map<Value, Value> again = new HashMap<>();
        for (Node node : nodes) {
            boolean stays = node.outputs().isEmpty() || node.outputs().size() == 1 && kept.contains(node.output());
            if (!stays) {
                List<Value> results = builder.applyAll(
                        node.op(), substituted(node, again).inputs().toArray(Value[]::new));
                for (int i = 0; i < results.size(); i++) {
                    again.put(node.outputs().get(i), results.get(i));
                }
            }
        }
        return again;
    }

    /** An operation at the values that were computed a second time, where they were. */
    static Node substituted(Node node, Map<Value, Value> again) {
        return new Node(
                node.op(),
                node.inputs().stream().map(v -> again.getOrDefault(v, v)).toList(),
                node.outputs().stream().map(v -> again.getOrDefault(v, v)).toList());
    }
}
