package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.List;

/**
 * Steps of one size by the sign of a momentum (Chen et al., Symbolic Discovery of Optimization Algorithms, NeurIPS
 * 2023, program 1), with decoupled weight decay λ:
 * <pre>
 *   θ ← θ − ηλθ − η sign(β₁m + (1 − β₁)g)
 *   m ← β₂m + (1 − β₂)g
 * </pre>
 * The paper advises learning rates 3 to 10 times smaller than AdamW's.
 *
 * @param learningRate η, greater than 0
 * @param beta1 β₁, from 0 to below 1
 * @param beta2 β₂, from 0 to below 1
 * @param weightDecay λ, at least 0
 */
public record Lion(double learningRate, double beta1, double beta2, double weightDecay) implements Rule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code beta1} not from 0 to below
     *         1, {@code beta2} not from 0 to below 1, or {@code weightDecay} not at least 0
     */
    public Lion {
        Ranges.above0("Lion: the learning rate", learningRate);
        Ranges.below1("Lion: beta1", beta1);
        Ranges.below1("Lion: beta2", beta2);
        Ranges.atLeast0("Lion: the weight decay", weightDecay);
    }

    /**
     * With the paper's coefficients 0.9 and 0.99, without decay.
     *
     * @param learningRate η, greater than 0; often 0.0001
     */
    public Lion(double learningRate) {
        this(learningRate, 0.9, 0.99, 0);
    }

    @Override
    public Regularization defaultRegularization() {
        return Regularization.NONE.weightDecay(weightDecay);
    }

    @Override
    public List<Assignment> assignments() {
        Target m = Expression.slot(0);
        Expression direction = m.times(beta1).plus(Expression.GRADIENT.times(1 - (float) beta1));
        return List.of(
                Expression.PARAMETER.becomes(Expression.PARAMETER.minus(Expression.RATE.times(direction.sign()))),
                Moments.blend(m, Expression.GRADIENT, beta2));
    }
}
