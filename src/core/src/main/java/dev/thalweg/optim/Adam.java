package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.List;

/**
 * Adaptive moments (Kingma and Ba, ICLR 2015), in the form that the paper gives at the end of its section 2 and that
 * Keras uses: with gradient g at update t = 1, 2, …
 * <pre>
 *   m ← β₁m + (1 − β₁)g
 *   v ← β₂v + (1 − β₂)g²
 *   θ ← θ − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)
 * </pre>
 *
 * @param learningRate η, greater than 0
 * @param beta1 β₁, from 0 to below 1
 * @param beta2 β₂, from 0 to below 1
 * @param epsilon ε, greater than 0
 */
public record Adam(double learningRate, double beta1, double beta2, double epsilon) implements Rule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code beta1} not from 0 to below
     *         1, {@code beta2} not from 0 to below 1, or {@code epsilon} not greater than 0
     */
    public Adam {
        Ranges.above0("Adam: the learning rate", learningRate);
        Ranges.below1("Adam: beta1", beta1);
        Ranges.below1("Adam: beta2", beta2);
        Ranges.above0("Adam: epsilon", epsilon);
    }

    /**
     * With Keras' coefficients 0.9, 0.999 and 1e-7.
     *
     * @param learningRate η, greater than 0; often 0.001
     */
    public Adam(double learningRate) {
        this(learningRate, 0.9, 0.999, 1e-7);
    }

    @Override
    public List<Assignment> assignments() {
        Target m = Expression.slot(0);
        Target v = Expression.slot(1);
        return List.of(
                Moments.blend(m, Expression.GRADIENT, beta1),
                Moments.blendSquares(v, Expression.GRADIENT, beta2),
                Moments.descendScaled(Expression.ofStep(this::corrected), m, v, Expression.constant(epsilon)));
    }

    private double corrected(float rate, long step) {
        return rate * Math.sqrt(1 - Math.pow(beta2, step + 1)) / (1 - Math.pow(beta1, step + 1));
    }
}
