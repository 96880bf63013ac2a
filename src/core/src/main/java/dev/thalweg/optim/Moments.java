package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;

/** What rules have in common. */
final class Moments {
    private Moments() {}

    /** {@code m ← kept · m + (1 − kept) · x}. */
    static Assignment blend(Target m, Expression x, double kept) {
        return m.becomes(m.times(kept).plus(x.times(1 - (float) kept)));
    }

    /** {@code v ← kept · v + (1 − kept) · x²}. */
    static Assignment blendSquares(Target v, Expression x, double kept) {
        return v.becomes(v.times(kept).plus(x.times(1 - (float) kept).times(x)));
    }

    /** {@code θ ← θ − rate · m / (√v + ε)}. */
    static Assignment descendScaled(Expression rate, Expression m, Expression v, Expression epsilon) {
        return Expression.PARAMETER.becomes(
                Expression.PARAMETER.minus(rate.times(m).dividedBy(v.sqrt().plus(epsilon))));
    }
}
