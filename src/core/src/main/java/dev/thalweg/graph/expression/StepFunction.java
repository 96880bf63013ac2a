package dev.thalweg.graph.expression;

/** A number that is the same for all elements and another one in each step, like a correction of a moment's start. */
@FunctionalInterface
public interface StepFunction {
    /**
     * {@return the number}
     *
     * @param rate the learning rate η of this step, for this parameter
     * @param step how many updates went before, from 0
     */
    double at(float rate, long step);
}
