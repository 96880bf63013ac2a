package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.List;

/**
 * Adam's steps, each parameter's as long as the parameter itself times the learning rate, for very large batches (You
 * et al., Large Batch Optimization for Deep Learning, ICLR 2020, algorithm 2, with φ(z) = z): at update t = 1, 2, …
 * <pre>
 *   m ← β₁m + (1 − β₁)g
 *   v ← β₂v + (1 − β₂)g²
 *   u = m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε) + λθ
 *   θ ← θ − η ‖θ‖ / ‖u‖ · u,   θ − ηu where either norm is 0
 * </pre>
 * Norms are those of a whole parameter before the step. They leave out {@link Optimizer#l1} and {@link Optimizer#l2},
 * and decay apart from the gradient, {@link Optimizer#weightDecay}, goes by η alone; λ is within both. Biases are best
 * given to Adam: {@code .group(ParameterGroup.of(".*bias").rule(new Adam(0.001)))}.
 *
 * @param learningRate η, greater than 0
 * @param beta1 β₁, from 0 to below 1
 * @param beta2 β₂, from 0 to below 1
 * @param epsilon ε, greater than 0
 * @param weightDecay λ, at least 0
 */
public record LAMB(double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
        implements Rule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code beta1} not from 0 to below
     *         1, {@code beta2} not from 0 to below 1, {@code epsilon} not greater than 0, or {@code weightDecay} not at
     *         least 0
     */
    public LAMB {
        Ranges.above0("LAMB: the learning rate", learningRate);
        Ranges.below1("LAMB: beta1", beta1);
        Ranges.below1("LAMB: beta2", beta2);
        Ranges.above0("LAMB: epsilon", epsilon);
        Ranges.atLeast0("LAMB: the weight decay", weightDecay);
    }

    /**
     * With the paper's coefficients: 0.9, 0.999, 1e-6 and decay 0.01.
     *
     * @param learningRate η, greater than 0; often 0.001 to 0.01
     */
    public LAMB(double learningRate) {
        this(learningRate, 0.9, 0.999, 1e-6, 0.01);
    }

    @Override
    public List<Assignment> assignments() {
        Target m = Expression.slot(0);
        Target v = Expression.slot(1);
        Assignment nextM = Moments.blend(m, Expression.GRADIENT, beta1);
        Assignment nextV = Moments.blendSquares(v, Expression.GRADIENT, beta2);
        return List.of(
                nextM,
                nextV,
                Expression.PARAMETER.becomes(Expression.PARAMETER.minus(Expression.RATE
                        .times(trust(step(nextM.value(), nextV.value())).rounded())
                        .times(step(m, v)))));
    }

    private Expression step(Expression m, Expression v) {
        Expression ofM = Expression.ofStep((_, step) -> 1 / (1 - Math.pow(beta1, step + 1)));
        Expression ofV = Expression.ofStep((_, step) -> 1 / (1 - Math.pow(beta2, step + 1)));
        return ofM.times(m).dividedBy(ofV.times(v).sqrt().plus(epsilon)).plus(Expression.PARAMETER.times(weightDecay));
    }

    private static Expression trust(Expression step) {
        Expression parameterNorm = Expression.norm(Expression.PARAMETER);
        Expression stepNorm = Expression.norm(step);
        Expression none = Expression.constant(0);
        Expression one = Expression.constant(1);
        return Expression.select(
                parameterNorm, none, Expression.select(stepNorm, none, parameterNorm.dividedBy(stepNorm), one), one);
    }
}
