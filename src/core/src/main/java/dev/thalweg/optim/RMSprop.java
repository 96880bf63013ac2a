package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import dev.thalweg.tensor.CheckReturnValue;
import java.util.ArrayList;
import java.util.List;

/**
 * Gradients divided by a moving root mean square (Tieleman and Hinton, Coursera lecture 6.5, 2012), in Keras' form:
 * <pre>
 *   v ← ρv + (1 − ρ)g²
 *   plain:     s = η g / √(v + ε)
 *   centred:   ḡ ← ρḡ + (1 − ρ)g,   s = η g / √(v − ḡ² + ε)     (Graves 2013, equation 38)
 *   θ ← θ − s;   with momentum β:   u ← βu + s,   θ ← θ − u
 * </pre>
 *
 * @param learningRate η, greater than 0
 * @param rho ρ, from 0 to below 1
 * @param momentum β, from 0 to below 1
 * @param epsilon ε, greater than 0
 * @param centered whether the variance takes the place of the mean square
 */
public record RMSprop(double learningRate, double rho, double momentum, double epsilon, boolean centered)
        implements Rule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code rho} not from 0 to below
     *         1, {@code momentum} not from 0 to below 1, or {@code epsilon} not greater than 0
     */
    public RMSprop {
        Ranges.above0("RMSprop: the learning rate", learningRate);
        Ranges.below1("RMSprop: rho", rho);
        Ranges.below1("RMSprop: the momentum", momentum);
        Ranges.above0("RMSprop: epsilon", epsilon);
    }

    /**
     * With Keras' coefficients: ρ 0.9, no momentum, ε 1e-7, not centred.
     *
     * @param learningRate η, greater than 0; often 0.001
     */
    public RMSprop(double learningRate) {
        this(learningRate, 0.9, 0, 1e-7, false);
    }

    /**
     * {@return this rule with momentum}
     *
     * @param beta from 0 to below 1
     */
    @CheckReturnValue
    public RMSprop momentum(double beta) {
        return new RMSprop(learningRate, rho, beta, epsilon, centered);
    }

    /**
     * {@return this rule, centred or not: where it is, gradients are divided by their deviation}
     *
     * @param variance whether the variance takes the place of the mean square
     */
    @CheckReturnValue
    public RMSprop centered(boolean variance) {
        return new RMSprop(learningRate, rho, momentum, epsilon, variance);
    }

    @Override
    public List<Assignment> assignments() {
        Target squares = Expression.slot(0);
        List<Assignment> all = new ArrayList<>();
        all.add(Moments.blendSquares(squares, Expression.GRADIENT, rho));
        Expression variance = squares;
        if (centered) {
            Target means = Expression.slot(1);
            all.add(Moments.blend(means, Expression.GRADIENT, rho));
            // Rounding may leave the difference just below zero, where it stands for zero.
            variance = squares.minus(means.times(means)).max(Expression.constant(0));
        }
        Expression scaled = Expression.RATE
                .times(Expression.GRADIENT)
                .dividedBy(variance.plus(epsilon).sqrt());
        if (momentum == 0) {
            all.add(Expression.PARAMETER.becomes(Expression.PARAMETER.minus(scaled)));
        } else {
            Target velocity = Expression.slot(centered ? 2 : 1);
            all.add(velocity.becomes(velocity.times(momentum).plus(scaled)));
            all.add(Expression.PARAMETER.becomes(Expression.PARAMETER.minus(velocity)));
        }
        return all;
    }
}
