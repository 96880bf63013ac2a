package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.List;

/**
 * Layer-wise adaptive rates, for very large batches (You, Gitman and Ginsburg, arXiv 1708.03888, 2017, algorithm 1):
 * <pre>
 *   λ = trust · ‖θ‖ / (‖g‖ + β‖θ‖),   1 where either norm is 0
 *   v ← mv + ηλ(g + βθ)
 *   θ ← θ − v
 * </pre>
 * Norms are those of a whole parameter before the step. Decay apart from the gradient, {@link Optimizer#weightDecay},
 * goes by η, not by ηλ. Biases are best given to plain momentum:
 * {@code .group(ParameterGroup.of(".*bias").rule(new SGD(1).momentum(0.9)))}.
 *
 * @param learningRate η, greater than 0
 * @param momentum m, from 0 to below 1
 * @param weightDecay β, at least 0
 * @param trustCoefficient greater than 0
 */
public record LARS(double learningRate, double momentum, double weightDecay, double trustCoefficient) implements Rule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code momentum} not from 0 to
     *         below 1, {@code weightDecay} not at least 0, or {@code trustCoefficient} not greater than 0
     */
    public LARS {
        Ranges.above0("LARS: the learning rate", learningRate);
        Ranges.below1("LARS: the momentum", momentum);
        Ranges.atLeast0("LARS: the weight decay", weightDecay);
        Ranges.above0("LARS: the trust coefficient", trustCoefficient);
    }

    /**
     * With the paper's coefficients: momentum 0.9, weight decay 0.0005, trust 0.001.
     *
     * @param learningRate η, greater than 0
     */
    public LARS(double learningRate) {
        this(learningRate, 0.9, 0.0005, 0.001);
    }

    @Override
    public List<Assignment> assignments() {
        Target velocity = Expression.slot(0);
        Expression decayed = Expression.GRADIENT.plus(Expression.PARAMETER.times(weightDecay));
        return List.of(
                velocity.becomes(velocity.times(momentum)
                        .plus(Expression.RATE.times(localRate().rounded()).times(decayed))),
                Expression.PARAMETER.becomes(Expression.PARAMETER.minus(velocity)));
    }

    private Expression localRate() {
        Expression parameterNorm = Expression.norm(Expression.PARAMETER);
        Expression gradientNorm = Expression.norm(Expression.GRADIENT);
        Expression trusted = Expression.constant(trustCoefficient)
                .times(parameterNorm)
                .dividedBy(gradientNorm.plus(Expression.constant(weightDecay).times(parameterNorm)));
        Expression none = Expression.constant(0);
        Expression one = Expression.constant(1);
        return Expression.select(parameterNorm, none, Expression.select(gradientNorm, none, trusted, one), one);
    }
}
