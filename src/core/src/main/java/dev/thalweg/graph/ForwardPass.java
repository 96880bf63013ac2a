package dev.thalweg.graph;

import dev.thalweg.tensor.CheckReturnValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The operations that lead from inputs and parameters to a loss: what {@link Gradients} go back through. */
public final class ForwardPass {
    private final List<Node> nodes;
    /** What takes the place of the first pass' values. */
    private final Map<Value, Value> places;

    private ForwardPass(List<Node> nodes, Map<Value, Value> places) {
        this.nodes = List.copyOf(nodes);
        this.places = Map.copyOf(places);
    }

    /**
     * {@return all operations that were added so far}
     *
     * @param builder holds them
     */
    public static ForwardPass of(GraphBuilder builder) {
        return new ForwardPass(builder.nodes(), Map.of());
    }

    /**
     * Adds the operations that depend on some values a second time, at other values. What is random draws the same
     * numbers again; moving averages follow the first pass alone.
     *
     * @param builder to add to
     * @param others by the value, a parameter for instance, whose place they take
     * @return the second pass
     */
    @CheckReturnValue
    public ForwardPass at(GraphBuilder builder, Map<Value, Value> others) {
        Objects.requireNonNull(builder, "builder");
        Map<Value, Value> again = new HashMap<>(others);
        List<Node> second = new ArrayList<>();
        for (Node node : nodes) {
            if (node.inputs().stream().noneMatch(again::containsKey)) {
                second.add(node);
            } else if (!node.outputs().isEmpty()) {
                Node at = Segment.substituted(node, again);
                List<Value> results = builder.applyAll(at.op(), at.inputs().toArray(Value[]::new));
                for (int i = 0; i < results.size(); i++) {
                    again.put(node.outputs().get(i), results.get(i));
                }
                second.add(Segment.substituted(node, again));
            }
        }
        return new ForwardPass(second, again);
    }

    /**
     * {@return what a value of the first pass is in this one}
     *
     * @param first of the first pass
     */
    public Value value(Value first) {
        return places.getOrDefault(first, first);
    }

    List<Node> nodes() {
        return nodes;
    }
}
