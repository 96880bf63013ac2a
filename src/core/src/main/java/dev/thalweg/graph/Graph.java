package dev.thalweg.graph;

import dev.thalweg.tensor.CheckReturnValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A list of operations in an order in which they can be computed. Made by {@link GraphBuilder#build}; immutable.
 */
public final class Graph {
    private final String name;
    private final List<Node> nodes;
    private final List<Value> inputs;
    private final List<Value> parameters;
    private final List<Value> outputs;
    private final Map<Value, Node> producers = new HashMap<>();

    Graph(String name, List<Node> nodes, List<Value> inputs, List<Value> parameters, List<Value> outputs) {
        this.name = name;
        this.nodes = List.copyOf(nodes);
        this.inputs = List.copyOf(inputs);
        this.parameters = List.copyOf(parameters);
        this.outputs = List.copyOf(outputs);
        for (Node node : nodes) {
            node.outputs().forEach(output -> producers.put(output, node));
        }
    }

    /**
     * {@return what it is, for messages and owners of memory}
     */
    public String name() {
        return name;
    }

    /**
     * {@return the operations, each after those it depends on}
     */
    public List<Node> nodes() {
        return nodes;
    }

    /**
     * {@return what is given anew for each run}
     */
    public List<Value> inputs() {
        return inputs;
    }

    /**
     * {@return what stays from run to run}
     */
    public List<Value> parameters() {
        return parameters;
    }

    /**
     * {@return what can be read after a run}
     */
    public List<Value> outputs() {
        return outputs;
    }

    /**
     * {@return the operation that yields a value; empty for inputs and parameters}
     *
     * @param value a value of this graph
     */
    public Optional<Node> producer(Value value) {
        return Optional.ofNullable(producers.get(value));
    }

    /**
     * {@return the operations of one kind, in their order}
     *
     * @param kind which
     */
    public List<Node> nodes(Class<? extends Op> kind) {
        return nodes.stream().filter(node -> kind.isInstance(node.op())).toList();
    }

    /**
     * {@return this graph without what moves parameters, updates and moving averages: running it leaves all of them as
     * they are}
     */
    @CheckReturnValue
    public Graph withoutUpdates() {
        List<Node> pure = new ArrayList<>(nodes);
        pure.removeAll(nodes(ParameterChange.class));
        Set<Value> read = pure.stream().flatMap(node -> node.inputs().stream()).collect(Collectors.toSet());
        return new Graph(
                name, pure, inputs, parameters.stream().filter(read::contains).toList(), outputs);
    }

    /** {@return one line for each operation} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name).append('\n');
        for (Node node : nodes) {
            text.append("  ")
                    .append(node.outputs())
                    .append(" <- ")
                    .append(node.op())
                    .append(' ')
                    .append(node.inputs())
                    .append('\n');
        }
        return text.toString();
    }
}
