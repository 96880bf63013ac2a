package dev.thalweg.graph;

import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation of a graph by rewriting: the operations that compute the gradients are added to the same
 * builder (Griewank and Walther, Evaluating Derivatives, 2nd edition, chapter 3).
 */
public final class Gradients {
    private Gradients() {}

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
        return of(builder, loss, parameters, false);
    }

    /**
     * Adds the gradients of a loss, if wished with less memory for more time: of the forward pass only some values are
     * kept, and what lies between them is computed a second time when its gradients are due (Chen et al., Training Deep
     * Nets with Sublinear Memory Cost, 2016). The gradients are the same.
     *
     * @param builder holds the loss; the backward operations are added to it
     * @param loss one number
     * @param parameters at what the gradients are wanted
     * @param recompute whether to compute parts of the forward pass twice
     * @return for each parameter the gradient, of its shape
     * @throws ShapeException if the loss is not one number or does not depend on a parameter
     * @throws UnsupportedOperationException if an operation between them has no gradient
     */
    public static List<Value> of(GraphBuilder builder, Value loss, List<Value> parameters, boolean recompute) {
        return of(builder, ForwardPass.of(builder), loss, parameters, recompute);
    }

    /**
     * Adds the gradients of a loss by one of several forward passes.
     *
     * @param builder the backward operations are added to it
     * @param pass the operations that compute the loss
     * @param loss one number, of that pass
     * @param parameters at what the gradients are wanted, in that pass
     * @param recompute whether to compute parts of the forward pass twice
     * @return for each parameter the gradient, of its shape
     * @throws ShapeException if the loss is not one number or does not depend on a parameter
     * @throws UnsupportedOperationException if an operation between them has no gradient
     */
    public static List<Value> of(
            GraphBuilder builder, ForwardPass pass, Value loss, List<Value> parameters, boolean recompute) {
        if (loss.shape().elements() != 1) {
            throw new ShapeException("only a single number can be differentiated, got a loss of shape " + loss.shape());
        }
        List<Node> forward = pass.nodes();
        Set<Value> wanted = dependents(forward, parameters);
        Map<Value, Value> gradients = new HashMap<>();
        gradients.put(loss, builder.constant(1, loss.shape()));
        List<Segment> segments = recompute ? Segment.of(forward) : List.of(new Segment(forward, Set.of()));
        for (Segment segment : segments.reversed()) {
            Map<Value, Value> again = segment.equals(segments.getLast()) ? Map.of() : segment.recompute(builder);
            again.forEach((first, second) -> {
                if (wanted.contains(first)) {
                    wanted.add(second);
                }
            });
            for (Node node : segment.nodes().reversed()) {
                propagate(builder, node, again, gradients, wanted);
            }
        }
        return parameters.stream()
                .map(p -> {
                    Value gradient = gradients.get(p);
                    if (gradient == null) {
                        throw new ShapeException(
                                "the loss does not depend on " + p + ": it cannot be trained; freeze or remove it");
                    }
                    return gradient;
                })
                .toList();
    }

    /**
     * Carries the gradients at an operation's outputs to its inputs; what the rule reads of the forward pass may be a
     * second computation.
     */
    private static void propagate(
            GraphBuilder builder, Node node, Map<Value, Value> again, Map<Value, Value> gradients, Set<Value> wanted) {
        if (node.outputs().stream().noneMatch(o -> gradients.containsKey(o) && wanted.contains(o))) {
            return;
        }
        List<@Nullable Value> arriving = new ArrayList<>();
        node.outputs().forEach(o -> arriving.add(gradients.get(o)));
        List<@Nullable Value> leaving = node.op()
                .gradient(new Differential(builder, Segment.substituted(node, again), arriving, wanted::contains));
        for (int i = 0; i < leaving.size(); i++) {
            Value gradient = leaving.get(i);
            if (gradient != null && wanted.contains(node.input(i))) {
                gradients.merge(node.input(i), gradient, (sum, more) -> SumOfParts.of(builder, sum, more));
            }
        }
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
