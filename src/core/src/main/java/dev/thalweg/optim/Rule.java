package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;
import dev.thalweg.tensor.CheckReturnValue;

/**
 * The arithmetic of one way to descend: an immutable record of its coefficients. Your own is a record that says in
 * {@link #assignments} what becomes of an element, and is then given to {@code compile} like any other:
 * <pre>{@code
 * record SignDescent(double learningRate) implements Rule {
 *     public List<Assignment> assignments() {
 *         return List.of(PARAMETER.becomes(PARAMETER.minus(RATE.times(GRADIENT.sign()))));
 *     }
 * }
 * }</pre>
 * A checkpoint knows a rule by its {@link Object#toString}, which must name all coefficients, as a record's does.
 */
public non-sealed interface Rule extends UpdateRule, Optimizer {
    /**
     * {@return η}
     */
    double learningRate();

    /**
     * {@return the learning rate of each step where none other is set: the same for all}
     */
    default Schedule defaultSchedule() {
        return new ConstantSchedule(learningRate());
    }

    /**
     * {@return what the rule by its own definition adds: nothing}
     */
    default Regularization defaultRegularization() {
        return Regularization.NONE;
    }

    /**
     * {@return which of its slots holds the weights that are to be tested and saved instead of those that the rule
     * trains; -1 if there is none}
     */
    default int averageSlot() {
        return -1;
    }

    @Override
    @CheckReturnValue
    default Descent descent() {
        return Descent.of(this);
    }
}
