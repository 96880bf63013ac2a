package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/** A rule and the learning rate it is applied with. */
public interface Optimizer extends UpdateRule {
    /**
     * {@return the learning rate η of an update}
     *
     * @param step how many updates went before, from 0
     */
    float learningRate(long step);
}
