package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides what each operation of a graph reads as short floats, from what operations say of themselves; and which inner
 * products yield short floats: those whose results another operation that computes in short floats reads, directly or
 * through local ones. The others' are outputs or go into a loss, and keep their bits. Gradients do not count as
 * readers: those of a loss read what the loss does.
 */
final class ShortReads {
    /**
     * How an operation computes.
     *
     * @param op itself, or what yields short floats in its place
     * @param inputs which it reads short, from 0
     */
    record Reading(Op op, Set<Integer> inputs) {}

    private final Graph graph;
    private final DataType type;
    private final Set<Value> parameters;

    private ShortReads(Graph graph, DataType type) {
        this.graph = graph;
        this.type = type;
        this.parameters = new HashSet<>(graph.parameters());
    }

    /** How each operation of a graph computes, in the graph's order. */
    static List<Reading> of(Graph graph, DataType type) {
        ShortReads reads = new ShortReads(graph, type);
        BitSet all = new BitSet();
        all.set(0, graph.nodes().size());
        return reads.with(reads.serving(reads.with(all)));
    }

    /** How all compute if these of the inner products yield short floats. */
    private List<Reading> with(BitSet shortProducts) {
        List<Reading> readings = new ArrayList<>();
        // What is or will be there as short floats; parameters do not count, whose short forms are their readers' own.
        Set<Value> atHand = new HashSet<>();
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            Op op = shortProducts.get(i) && node.op() instanceof InnerProduct product
                    ? new InnerProduct(product.activation(), type)
                    : node.op();
            Reading reading = new Reading(op, inputs(node, atHand));
            readings.add(reading);
            reading.inputs().stream()
                    .map(node::input)
                    .filter(input -> !parameters.contains(input))
                    .forEach(atHand::add);
            List<TensorType> results = op.infer(read(node, reading));
            for (int k = 0; k < results.size(); k++) {
                // Zeros pad what is short.
                if (results.get(k).type() == type || Constant.isZero(op)) {
                    atHand.add(node.outputs().get(k));
                }
            }
        }
        return readings;
    }

    private static Set<Integer> inputs(Node node, Set<Value> atHand) {
        return switch (node.op().shortInputs(node.inputs().size())) {
            case ShortInputs.None _ -> Set.of();
            case ShortInputs.Always always -> always.inputs();
            case ShortInputs.Following following ->
                following.atHand().stream().allMatch(i -> atHand.contains(node.input(i)))
                        ? following.inputs()
                        : Set.of();
        };
    }

    /** The inputs by their types alone. */
    private List<Value> read(Node node, Reading reading) {
        List<Value> inputs = new ArrayList<>(node.inputs());
        reading.inputs()
                .forEach(i -> inputs.set(
                        i,
                        new Value(
                                node.input(i).id(),
                                node.input(i).name(),
                                node.input(i).shape(),
                                type)));
        return inputs;
    }

    /** The operations whose results are read short for a result's sake and not a loss'. */
    private BitSet serving(List<Reading> readings) {
        Set<Value> useful = new HashSet<>();
        BitSet serving = new BitSet();
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            Node node = graph.nodes().get(i);
            boolean serves = node.outputs().stream().anyMatch(useful::contains);
            serving.set(i, serves);
            boolean always = node.op().shortInputs(node.inputs().size()) instanceof ShortInputs.Always;
            if (!node.op().servesGradients() && (always || serves)) {
                readings.get(i).inputs().forEach(input -> useful.add(node.input(input)));
            }
        }
        return serving;
    }
}
