package dev.thalweg.graph;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.UpdateProgram;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How gradient descent moves parameters. A rule says once what becomes of an element, and treats every element alike,
 * so a backend may apply it in any layout, in pieces and on any device; of a parameter as a whole it may know norms.
 */
public interface UpdateRule {
    /**
     * {@return what becomes of an element in one update, in order}
     */
    List<Assignment> assignments();

    /**
     * Adds to the graph what the rule needs of all elements together and in their order, matrix products for instance;
     * {@link #assignments} know norms alone. It is done after the backward pass of every batch, so that an optimizer
     * that accumulates gradients adds up what this gives.
     *
     * @param graph of the training
     * @param parameter what will move
     * @param gradient of the loss at it, before clipping
     * @param averages parameters of the same shape, as many as {@link #averages} says, for the rule to
     *            {@linkplain GraphBuilder#track track} values in and to read what earlier batches left there
     * @return what takes the gradient's place in the update, clipping included, of the same shape: the gradient itself,
     *     unless a rule says otherwise
     */
    default Value direction(GraphBuilder graph, Value parameter, Value gradient, List<Value> averages) {
        return gradient;
    }

    /**
     * {@return how many moving averages of values of the graph the rule keeps for a parameter, of its shape; they start
     * at zero}
     */
    default int averages() {
        return 0;
    }

    /**
     * {@return the name of the parameter that holds an average}
     *
     * @param parameter the name of what the rule moves
     * @param index of the average, from 0
     */
    static String averageName(String parameter, int index) {
        Objects.requireNonNull(parameter, "parameter");
        return parameter + " average " + index;
    }

    /**
     * {@return where the rule wants the gradient taken that it is given, in a second forward and backward pass; empty,
     * unless a rule says otherwise, for the parameters as they stand, which takes one}
     */
    default Optional<Perturbation> perturbation() {
        return Optional.empty();
    }

    /**
     * {@return by what the learning rate is multiplied before the rule sees it}
     */
    default double rateFactor() {
        return 1;
    }

    /**
     * {@return how many numbers the rule remembers for each element; they start at zero}
     */
    default int slots() {
        return UpdateProgram.slots(assignments());
    }
}
