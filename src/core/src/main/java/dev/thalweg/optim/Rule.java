package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/** The arithmetic of one way to descend: an immutable record of its coefficients. */
public non-sealed interface Rule extends UpdateRule, Optimizer {
    /**
     * {@return η}
     */
    double learningRate();

    /**
     * {@return the learning rate of each step where none other is set: the same for all}
     */
    default Schedule defaultSchedule() {
        return new Schedule.Constant(learningRate());
    }

    /**
     * {@return what the rule by its own definition adds: nothing}
     */
    default Regularization defaultRegularization() {
        return Regularization.NONE;
    }

    @Override
    default Descent descent() {
        return Descent.of(this);
    }
}
