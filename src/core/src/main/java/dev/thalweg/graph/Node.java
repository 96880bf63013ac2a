package dev.thalweg.graph;

import java.util.List;
import java.util.Objects;

/**
 * One operation at its place in a graph.
 *
 * @param op what is computed
 * @param inputs from what, in the order that the operation documents
 * @param outputs the results; none for an {@link Update}
 */
public record Node(Op op, List<Value> inputs, List<Value> outputs) {
    /** Copies the lists. */
    public Node {
        Objects.requireNonNull(op, "op");
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * {@return one input}
     *
     * @param index from 0
     */
    public Value input(int index) {
        return inputs.get(index);
    }

    /**
     * {@return the first output}
     */
    public Value output() {
        return outputs.getFirst();
    }
}
