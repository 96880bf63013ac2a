package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A pass that has convolutions, inner products, matrix products and layer normalizations, forward and backward, read
 * short floats, and lets what follows them compute in short floats too as long as it is local: activations, poolings,
 * normalizations, sums. Parameters, their gradients, statistics and losses stay 32 bits wide (Micikevicius et al.,
 * Mixed Precision Training, ICLR 2018; Kalamkar et al., A Study of BFLOAT16 for Deep Learning Training, 2019). Inputs
 * and outputs of the graph keep their types.
 */
final class MixedPrecision {
    private final Graph graph;
    private final DataType type;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Value, Value> shortened = new HashMap<>();
    /** Values that were computed short; their wide form is made when it is asked for. */
    private final Set<Value> computedShort = new HashSet<>();

    private final Set<Value> wideForms = new HashSet<>();
    private int values;

    private MixedPrecision(Graph graph, DataType type) {
        this.graph = graph;
        this.type = type;
        graph.inputs().forEach(this::count);
        graph.parameters().forEach(this::count);
        graph.nodes().forEach(n -> n.outputs().forEach(this::count));
    }

    /**
     * Rewrites a graph.
     *
     * @param graph of 32-bit floats, its gradients included
     * @param type what to shorten to, bfloat16 or float16
     * @return a graph of the same inputs, parameters and outputs
     */
    public static Graph apply(Graph graph, DataType type) {
        return new MixedPrecision(graph, type).rewrite();
    }

    private void count(Value value) {
        values = Math.max(values, value.id() + 1);
    }

    private Graph rewrite() {
        List<ShortReads.Reading> readings = ShortReads.of(graph, type);
        for (int i = 0; i < readings.size(); i++) {
            rewrite(graph.nodes().get(i), readings.get(i));
        }
        graph.outputs().forEach(this::wide);
        return new Graph(graph.name(), nodes, graph.inputs(), graph.parameters(), graph.outputs());
    }

    private void rewrite(Node node, ShortReads.Reading reading) {
        List<Value> inputs = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            inputs.add(reading.inputs().contains(i) ? shortForm(node.input(i)) : wide(node.input(i)));
        }
        List<TensorType> types = reading.op().infer(inputs);
        List<Value> outputs = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            Value output = node.outputs().get(i);
            if (types.get(i).type() == output.type()) {
                outputs.add(output);
            } else {
                outputs.add(new Value(values++, output.name() + "_" + type, output.shape(), type));
                shortened.put(output, outputs.getLast());
                computedShort.add(output);
            }
        }
        nodes.add(new Node(reading.op(), inputs, outputs));
    }

    private Value shortForm(Value value) {
        return shortened.computeIfAbsent(value, v -> {
            Value form = new Value(values++, v.name() + "_" + type, v.shape(), type);
            nodes.add(new Node(new Cast(type), List.of(v), List.of(form)));
            return form;
        });
    }

    private Value wide(Value value) {
        if (computedShort.contains(value) && wideForms.add(value)) {
            nodes.add(new Node(new Cast(value.type()), List.of(shortened.get(value)), List.of(value)));
        }
        return value;
    }
}
