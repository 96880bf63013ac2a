package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.List;

/**
 * Steps in the units of the parameters (Zeiler, arXiv 1212.5701, 2012):
 * <pre>
 *   a ← ρa + (1 − ρ)g²
 *   s = g √(d + ε) / √(a + ε)
 *   d ← ρd + (1 − ρ)s²
 *   θ ← θ − ηs
 * </pre>
 * The paper's η is 1.
 *
 * @param learningRate η, greater than 0
 * @param rho ρ, from 0 to below 1
 * @param epsilon ε, greater than 0
 */
public record Adadelta(double learningRate, double rho, double epsilon) implements Rule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code rho} not from 0 to below
     *         1, or {@code epsilon} not greater than 0
     */
    public Adadelta {
        Ranges.above0("Adadelta: the learning rate", learningRate);
        Ranges.below1("Adadelta: rho", rho);
        Ranges.above0("Adadelta: epsilon", epsilon);
    }

    /**
     * With Keras' coefficients 0.95 and 1e-7.
     *
     * @param learningRate η, greater than 0; 1 in the paper
     */
    public Adadelta(double learningRate) {
        this(learningRate, 0.95, 1e-7);
    }

    @Override
    public List<Assignment> assignments() {
        Target squares = Expression.slot(0);
        Target steps = Expression.slot(1);
        Expression ratio =
                steps.plus(epsilon).sqrt().dividedBy(squares.plus(epsilon).sqrt());
        return List.of(
                Moments.blendSquares(squares, Expression.GRADIENT, rho),
                Expression.GRADIENT.becomes(Expression.GRADIENT.times(ratio)),
                Moments.blendSquares(steps, Expression.GRADIENT, rho),
                Expression.PARAMETER.becomes(Expression.PARAMETER.minus(Expression.RATE.times(Expression.GRADIENT))));
    }
}
