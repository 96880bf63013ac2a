package dev.thalweg.graph;

import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reverse-mode differentiation of a graph by rewriting: the operations that compute the gradients are added to the same
 * builder (Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 3).
 */
public final class Gradients {
    private Gradients() {
    }

    /**
     * Adds the gradients of a loss.
     *
     * @param builder holds the loss; the backward operations are added to it
     * @param loss one number
     * @param parameters at what the gradients are wanted
     * @return for each parameter the gradient, of its shape
     * @throws ShapeException if the loss is not one number or does not depend on a parameter
     * @throws UnsupportedOperationException if an operation between them has no gradient
     */
    public static List<Value> of(GraphBuilder builder, Value loss, List<Value> parameters) {
        if (loss.shape().elements() != 1) {
            throw new ShapeException("only a single number can be differentiated, got a loss of shape " + loss.shape());
        }
        List<Node> forward = List.copyOf(builder.nodes());
        Set<Value> wanted = dependents(forward, parameters);
        Map<Value, Value> gradients = new HashMap<>();
        gradients.put(loss, builder.constant(1, loss.shape()));
        for (Node node : forward.reversed()) {
            if (node.outputs().stream().noneMatch(o -> gradients.containsKey(o) && wanted.contains(o))) {
                continue;
            }
            List<Value> arriving = new ArrayList<>();
            node.outputs().forEach(o -> arriving.add(gradients.get(o)));
            List<Value> leaving = node.op().gradient(new Differential(builder, node, arriving, wanted::contains));
            for (int i = 0; i < leaving.size(); i++) {
                Value gradient = leaving.get(i);
                if (gradient != null && wanted.contains(node.input(i))) {
                    gradients.merge(node.input(i), gradient, builder::add);
                }
            }
        }
        return parameters.stream().map(p -> {
            Value gradient = gradients.get(p);
            if (gradient == null) {
                throw new ShapeException("the loss does not depend on " + p + ": it cannot be trained; freeze or remove it");
            }
            return gradient;
        }).toList();
    }

    /** All values that some of these flow into. */
    private static Set<Value> dependents(List<Node> nodes, List<Value> sources) {
        Set<Value> reached = new HashSet<>(sources);
        for (Node node : nodes) {
            if (node.inputs().stream().anyMatch(reached::contains)) {
                reached.addAll(node.outputs());
            }
        }
        return reached;
    }
}
