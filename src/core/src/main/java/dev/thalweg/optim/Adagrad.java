package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.List;

/**
 * A learning rate for each element that falls with the gradients it has seen (Duchi, Hazan and Singer, JMLR 12, 2011):
 * <pre>
 *   a ← a + g²
 *   θ ← θ − η g / √(a + ε)
 * </pre>
 * where a starts at {@code initialAccumulatorValue}, as in Keras.
 *
 * @param learningRate η, greater than 0
 * @param initialAccumulatorValue where a starts, at least 0
 * @param epsilon ε, greater than 0
 */
public record Adagrad(double learningRate, double initialAccumulatorValue, double epsilon) implements Rule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code initialAccumulatorValue}
     *         not at least 0, or {@code epsilon} not greater than 0
     */
    public Adagrad {
        Ranges.above0("Adagrad: the learning rate", learningRate);
        Ranges.atLeast0("Adagrad: the initial accumulator", initialAccumulatorValue);
        Ranges.above0("Adagrad: epsilon", epsilon);
    }

    /**
     * With Keras' coefficients 0.1 and 1e-7.
     *
     * @param learningRate η, greater than 0; often 0.01
     */
    public Adagrad(double learningRate) {
        this(learningRate, 0.1, 1e-7);
    }

    @Override
    public List<Assignment> assignments() {
        // The slot starts at zero like every slot, so it holds what was added to the start.
        Target sum = Expression.slot(0);
        return List.of(
                sum.becomes(sum.plus(Expression.GRADIENT.times(Expression.GRADIENT))),
                Expression.PARAMETER.becomes(Expression.PARAMETER.minus(Expression.RATE
                        .times(Expression.GRADIENT)
                        .dividedBy(sum.plus(initialAccumulatorValue + epsilon).sqrt()))));
    }
}
