package dev.thalweg.graph;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The operations of a graph that could compute in integers, by names that are the same whatever the batch and whoever
 * builds the graph: each is called as the parameter that its weights are made of. What depends on no parameter alone
 * would have to be quantized in every run, so it has no name.
 */
final class QuantizableOperations {
    private QuantizableOperations() {}

    /** {@return the names, in the graph's order} */
    static Map<Node, String> names(GraphBuilder builder) {
        Map<Node, String> names = new LinkedHashMap<>();
        Map<String, Integer> uses = new HashMap<>();
        for (Node node : builder.nodes()) {
            if (node.op() instanceof Convolution || node.op() instanceof InnerProduct) {
                parameter(builder, node.input(1)).ifPresent(parameter -> {
                    int use = uses.merge(parameter.name(), 1, Integer::sum);
                    names.put(node, use == 1 ? parameter.name() : parameter.name() + " #" + use);
                });
            }
        }
        return names;
    }

    /** {@return what the summand of an operation is called} */
    static String summand(String operation) {
        return operation + " summand";
    }

    /** {@return what the result of a convolution is called} */
    static String result(String operation) {
        return operation + " result";
    }

    /** {@return the values that are read as integers where an operation computes so, by their names} */
    static Map<String, Value> values(GraphBuilder builder) {
        Map<String, Value> values = new LinkedHashMap<>();
        names(builder).forEach((node, name) -> {
            values.put(name, node.input(0));
            summand(node).ifPresent(summand -> values.put(summand(name), summand));
        });
        return values;
    }

    /** {@return what an operation adds to its result, if it does} */
    static Optional<Value> summand(Node node) {
        return node.op() instanceof Convolution op && op.postOps().sum()
                ? Optional.of(node.inputs().getLast())
                : Optional.empty();
    }

    /** {@return whose results have names, by these} */
    static Map<String, Node> convolutions(GraphBuilder builder) {
        Map<String, Node> convolutions = new LinkedHashMap<>();
        names(builder).forEach((node, name) -> {
            if (node.op() instanceof Convolution) {
                convolutions.put(result(name), node);
            }
        });
        return convolutions;
    }

    /**
     * Adds what shows the results of convolutions, where the graph does not have them, and finds those that have no
     * name among {@link #values}.
     */
    static Map<String, Value> results(GraphBuilder builder) {
        Set<Value> named = new HashSet<>(values(builder).values());
        Map<String, Value> results = new LinkedHashMap<>();
        convolutions(builder).forEach((name, node) -> {
            Value result = result(node).orElseGet(() -> withoutPostOps(builder, node));
            if (named.add(result)) {
                results.put(name, result);
            }
        });
        return results;
    }

    /** {@return what a convolution yields, if it yields that alone, or with a function that a quantization is too} */
    static Optional<Value> result(Node node) {
        return node.op() instanceof Convolution op
                        && !op.postOps().sum()
                        && op.postOps().activation().map(Eltwise::cuts).orElse(true)
                ? Optional.of(node.output())
                : Optional.empty();
    }

    private static Value withoutPostOps(GraphBuilder builder, Node node) {
        Convolution op = (Convolution) node.op();
        int operands = op.hasBias(node.inputs().size()) ? 3 : 2;
        return builder.apply(
                new Convolution(op.window(), op.groups()),
                node.inputs().subList(0, operands).toArray(Value[]::new));
    }

    /** The parameter of the weights' shape, whose first axis is that of the filters too; the nearest of several. */
    private static Optional<Value> parameter(GraphBuilder builder, Value weights) {
        Optional<Value> found = Optional.empty();
        Set<Value> seen = new HashSet<>(Set.of(weights));
        Deque<Value> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            Value value = open.remove();
            Optional<Node> producer = builder.producer(value);
            if (builder.isParameter(value)) {
                found = found.or(() -> Optional.of(value).filter(p -> p.shape().equals(weights.shape())));
            } else if (producer.isEmpty() || producer.get().op() instanceof DropoutMask) {
                return Optional.empty();
            } else {
                producer.get().inputs().stream().filter(seen::add).forEach(open::add);
            }
        }
        return found;
    }
}
