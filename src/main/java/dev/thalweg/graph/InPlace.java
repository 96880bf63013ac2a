package dev.thalweg.graph;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A pass that finds results which may take the memory of an input, because it is as large, is read element by element in
 * step with the result, and nobody reads it later.
 */
public final class InPlace {
    private InPlace() {
    }

    /**
     * Analyses a graph.
     *
     * @param graph any graph
     * @return for each result that may be computed in place, the input whose memory it takes
     */
    public static Map<Value, Value> of(Graph graph) {
        Map<Value, Value> origins = new HashMap<>();
        Map<Value, Integer> lastUse = new HashMap<>();
        Set<Value> lasting = new HashSet<>(graph.inputs());
        lasting.addAll(graph.parameters());
        lasting.addAll(graph.outputs());
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            for (Value input : node.inputs()) {
                lastUse.put(origins.getOrDefault(input, input), i);
            }
            if (shares(node.op())) {
                node.outputs().forEach(o -> origins.put(o, node.inputs().isEmpty() ? o : origins.getOrDefault(node.input(0), node.input(0))));
                lasting.addAll(node.inputs().isEmpty() ? node.outputs() : Set.of());
            }
            if (node.op() instanceof Update || node.op() instanceof Track) {
                lasting.addAll(node.inputs());
            }
        }
        Set<Value> lastingOrigins = new HashSet<>();
        lasting.forEach(v -> lastingOrigins.add(origins.getOrDefault(v, v)));
        Map<Value, Value> inPlace = new HashMap<>();
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            int overwritten = overwritten(node.op());
            if (overwritten >= 0) {
                Value input = node.input(overwritten);
                Value origin = origins.getOrDefault(input, input);
                boolean readOnce = node.inputs().stream().filter(v -> origins.getOrDefault(v, v).equals(origin)).count() == 1;
                if (readOnce && lastUse.get(origin) == i && !lastingOrigins.contains(origin) && input.shape().equals(node.output().shape())
                        && input.type() == node.output().type()) {
                    inPlace.put(node.output(), input);
                }
            }
        }
        return inPlace;
    }

    /** Whether an operation's result may be seen in memory that others see too. */
    static boolean shares(Op op) {
        return op instanceof Reshape || op instanceof Transpose || op instanceof Cast || op instanceof Constant;
    }

    /** The input that a result may take the place of, -1 for none. */
    private static int overwritten(Op op) {
        return switch (op) {
            case Eltwise e -> 0;
            case EltwiseBackward e -> 1;
            case Binary b -> 0;
            case Softmax s -> 0;
            case BatchNormalizationInference n -> 0;
            case BatchNormalizationBackward n -> 5;
            default -> -1;
        };
    }
}
