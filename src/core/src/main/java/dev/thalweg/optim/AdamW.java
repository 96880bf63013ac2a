package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import java.util.List;

/**
 * {@link Adam} with decoupled weight decay (Loshchilov and Hutter, ICLR 2019): {@code θ ← θ − ηλθ}, then Adam's step,
 * whose moments do not see the decay. A {@link ParameterGroup} with another {@link Regularization} changes the decay of
 * some parameters.
 *
 * @param learningRate η, greater than 0
 * @param beta1 β₁, from 0 to below 1
 * @param beta2 β₂, from 0 to below 1
 * @param epsilon ε, greater than 0
 * @param weightDecay λ, at least 0
 */
public record AdamW(double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
        implements Rule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code beta1} not from 0 to below
     *         1, {@code beta2} not from 0 to below 1, {@code epsilon} not greater than 0, or {@code weightDecay} not at
     *         least 0
     */
    public AdamW {
        Ranges.atLeast0("AdamW: the weight decay", weightDecay);
        var _ = new Adam(learningRate, beta1, beta2, epsilon);
    }

    /**
     * With Keras' coefficients 0.9, 0.999, 1e-7 and decay 0.004.
     *
     * @param learningRate η, greater than 0; often 0.001
     */
    public AdamW(double learningRate) {
        this(learningRate, 0.9, 0.999, 1e-7, 0.004);
    }

    @Override
    public Regularization defaultRegularization() {
        return Regularization.NONE.weightDecay(weightDecay);
    }

    @Override
    public List<Assignment> assignments() {
        return new Adam(learningRate, beta1, beta2, epsilon).assignments();
    }
}
