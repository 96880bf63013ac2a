package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.List;

/**
 * AdamW at a constant learning rate, with an average of the weights in place of a schedule (Defazio et al., The Road
 * Less Scheduled, NeurIPS 2024, algorithm 1): at update t = 1, 2, …, with x and z from the first weights on, and g the
 * gradient at y
 * <pre>
 *   y = (1 − β₁)z + β₁x
 *   v ← β₂v + (1 − β₂)g²
 *   γₜ = η √(1 − β₂ᵗ) min(1, t / warmUpSteps)
 *   z ← z − γₜ (g / (√v + ε) + λy)
 *   x ← (1 − c)x + cz,   c = γₜ² / (γ₁² + … + γₜ²)
 * </pre>
 * The weights that are trained are y. Those that are good are x: {@code fit} validates by them, and
 * {@code model.weights(model.averagedWeights())} puts them in their place when training is over. Statistics of batch
 * normalizations are those at y. The weights of the average know this rule's warm-up alone: where there is a schedule
 * besides, η follows it and c does not. Decay apart from the gradient is λ alone; {@link Optimizer#weightDecay},
 * {@link Optimizer#maxNorm} and {@link Optimizer#emaMomentum} are refused, as y is worked out anew in each step.
 *
 * @param learningRate η, greater than 0
 * @param beta1 β₁, from 0 to below 1
 * @param beta2 β₂, from 0 to below 1
 * @param epsilon ε, greater than 0
 * @param weightDecay λ, at least 0
 * @param warmUpSteps in how many updates the rate rises to η, at least 0
 */
public record ScheduleFreeAdamW(
        double learningRate, double beta1, double beta2, double epsilon, double weightDecay, int warmUpSteps)
        implements Rule {
    private static final int AVERAGE = 2;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code beta1} not from 0 to below
     *         1, {@code beta2} not from 0 to below 1, {@code epsilon} not greater than 0, {@code weightDecay} not at
     *         least 0, or {@code warmUpSteps} not at least 0
     */
    public ScheduleFreeAdamW {
        Ranges.above0("ScheduleFreeAdamW: the learning rate", learningRate);
        Ranges.below1("ScheduleFreeAdamW: beta1", beta1);
        Ranges.below1("ScheduleFreeAdamW: beta2", beta2);
        Ranges.above0("ScheduleFreeAdamW: epsilon", epsilon);
        Ranges.atLeast0("ScheduleFreeAdamW: the weight decay", weightDecay);
        Ranges.atLeast0("ScheduleFreeAdamW: the steps of warm-up", warmUpSteps);
    }

    /**
     * With the coefficients 0.9, 0.999 and 1e-8, without decay or warm-up.
     *
     * @param learningRate η, greater than 0; often 0.0025
     */
    public ScheduleFreeAdamW(double learningRate) {
        this(learningRate, 0.9, 0.999, 1e-8, 0, 0);
    }

    @Override
    public int averageSlot() {
        return AVERAGE;
    }

    @Override
    public List<Assignment> assignments() {
        Target v = Expression.slot(0);
        Target z = Expression.slot(1);
        Target x = Expression.slot(AVERAGE);
        Expression first = Expression.ofStep((_, step) -> step == 0 ? 1 : 0);
        Expression rate = Expression.ofStep((eta, step) -> eta * Math.sqrt(weight(step + 1)));
        double[] sums = warmUpSums();
        Expression share = Expression.ofStep((_, step) -> weight(step + 1) / sum(sums, step + 1));
        return List.of(
                Moments.blendSquares(v, Expression.GRADIENT, beta2),
                Expression.GRADIENT.becomes(Expression.GRADIENT
                        .dividedBy(v.sqrt().plus(epsilon))
                        .plus(Expression.PARAMETER.times(weightDecay))),
                // Slots start at zero: the first weights come in here.
                z.becomes(z.plus(first.times(Expression.PARAMETER)).minus(rate.times(Expression.GRADIENT))),
                x.becomes(x.plus(share.times(z.minus(x)))),
                Expression.PARAMETER.becomes(z.times(1 - (float) beta1).plus(x.times(beta1))));
    }

    /** γₜ² / η². */
    private double weight(long t) {
        double risen = t < warmUpSteps ? (double) t / warmUpSteps : 1;
        return (1 - Math.pow(beta2, t)) * risen * risen;
    }

    /** The sums of the first weights, up to that of the last step of the warm-up. */
    private double[] warmUpSums() {
        double[] sums = new double[warmUpSteps + 1];
        for (int t = 1; t <= warmUpSteps; t++) {
            sums[t] = sums[t - 1] + weight(t);
        }
        return sums;
    }

    /** The sum of the weights up to t; after the warm-up what is left is a geometric series. */
    private double sum(double[] warmUpSums, long t) {
        if (t <= warmUpSteps) {
            return warmUpSums[(int) t];
        }
        long after = t - warmUpSteps;
        double powers = Math.pow(beta2, warmUpSteps + 1) * (1 - Math.pow(beta2, after)) / (1 - beta2);
        return warmUpSums[warmUpSteps] + after - powers;
    }
}
