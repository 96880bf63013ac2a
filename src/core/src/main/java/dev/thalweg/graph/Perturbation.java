package dev.thalweg.graph;

import java.util.List;

/**
 * Other values than the parameters' at which a rule wants the gradient: for every batch the graph goes forward and
 * backward once at the parameters as they stand, and once more at these; only the gradients of that second time count
 * in the update. Parameters of rules whose perturbations are {@linkplain Object#equals equal} are perturbed together.
 */
@FunctionalInterface
public interface Perturbation {
    /**
     * Adds to the graph where the gradient is taken.
     *
     * @param graph of the training
     * @param parameters all that are perturbed together, as they stand
     * @param gradients of the loss at them, before clipping and without regularization, in the same order
     * @return for each parameter, in the same order, the value of its shape that takes its place the second time
     */
    List<Value> at(GraphBuilder graph, List<Value> parameters, List<Value> gradients);
}
