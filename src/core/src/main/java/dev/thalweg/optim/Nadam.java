package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.List;

/**
 * Adam with Nesterov's momentum (Dozat, ICLR workshop 2016), with the paper's schedule of momentum, as in TensorFlow
 * and PyTorch: at update t = 1, 2, …
 * <pre>
 *   μₜ = β₁ (1 − ½ · 0.96^(t/250)),   Mₜ = μ₁ μ₂ ⋯ μₜ
 *   m ← β₁m + (1 − β₁)g
 *   v ← β₂v + (1 − β₂)g²
 *   m̂ = μₜ₊₁ m / (1 − Mₜ₊₁) + (1 − μₜ) g / (1 − Mₜ)
 *   θ ← θ − η m̂ / (√(v / (1 − β₂ᵗ)) + ε)
 * </pre>
 *
 * @param learningRate η, greater than 0
 * @param beta1 β₁, from 0 to below 1
 * @param beta2 β₂, from 0 to below 1
 * @param epsilon ε, greater than 0
 */
public record Nadam(double learningRate, double beta1, double beta2, double epsilon) implements Rule {
    private static final double MOMENTUM_DECAY = 0.96;
    private static final double SLOWNESS = 250;
    /** A product this small is lost in the rounding of 1. */
    private static final double LOST = 1e-20;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code beta1} not from 0 to below
     *         1, {@code beta2} not from 0 to below 1, or {@code epsilon} not greater than 0
     */
    public Nadam {
        Ranges.above0("Nadam: the learning rate", learningRate);
        Ranges.below1("Nadam: beta1", beta1);
        Ranges.below1("Nadam: beta2", beta2);
        Ranges.above0("Nadam: epsilon", epsilon);
    }

    /**
     * With Keras' coefficients 0.9, 0.999 and 1e-7.
     *
     * @param learningRate η, greater than 0; often 0.001
     */
    public Nadam(double learningRate) {
        this(learningRate, 0.9, 0.999, 1e-7);
    }

    @Override
    public List<Assignment> assignments() {
        Target m = Expression.slot(0);
        Target v = Expression.slot(1);
        Expression ofMoment = Expression.ofStep(
                (_, step) -> momentum(step + 2) / (1 - momentumProduct(step + 1) * momentum(step + 2)));
        Expression ofGradient =
                Expression.ofStep((_, step) -> (1 - momentum(step + 1)) / (1 - momentumProduct(step + 1)));
        // √(v / c) + ε = (√v + ε√c) / √c
        Expression corrected = Expression.ofStep((rate, step) -> rate * correction(step));
        Expression small = Expression.ofStep((_, step) -> epsilon * correction(step));
        return List.of(
                Moments.blend(m, Expression.GRADIENT, beta1),
                Moments.blendSquares(v, Expression.GRADIENT, beta2),
                Expression.GRADIENT.becomes(ofMoment.times(m).plus(ofGradient.times(Expression.GRADIENT))),
                Moments.descendScaled(corrected, Expression.GRADIENT, v, small));
    }

    private double correction(long step) {
        return Math.sqrt(1 - Math.pow(beta2, step + 1));
    }

    private double momentum(long t) {
        return beta1 * (1 - 0.5 * Math.pow(MOMENTUM_DECAY, t / SLOWNESS));
    }

    private double momentumProduct(long t) {
        double product = 1;
        for (long i = 1; i <= t && product > LOST; i++) {
            product *= momentum(i);
        }
        return product;
    }
}
