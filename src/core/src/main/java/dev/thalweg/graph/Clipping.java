package dev.thalweg.graph;

import dev.thalweg.graph.expression.Expression;

/** How gradients that are too long are shortened before an update (Goodfellow et al., Deep Learning, 10.11.1). */
public sealed interface Clipping {
    /**
     * {@return the clipped gradient's element}
     */
    Expression clipped();

    /** Gradients stay as they are. */
    record None() implements Clipping {
        @Override
        public Expression clipped() {
            return Expression.GRADIENT;
        }
    }

    /**
     * Every element is brought into {@code [−limit, limit]}.
     *
     * @param limit greater than 0
     */
    record ByValue(double limit) implements Clipping {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code limit} is not greater than 0
         */
        public ByValue {
            positive(limit);
        }

        @Override
        public Expression clipped() {
            return Expression.GRADIENT.max(Expression.constant(-limit)).min(Expression.constant(limit));
        }
    }

    /**
     * The gradient of each parameter for itself is scaled by {@code limit / ‖g‖} where its norm is greater than the
     * limit (Pascanu et al. 2013).
     *
     * @param limit greater than 0
     */
    record ByNorm(double limit) implements Clipping {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code limit} is not greater than 0
         */
        public ByNorm {
            positive(limit);
        }

        @Override
        public Expression clipped() {
            return scaled(Expression.norm(Expression.GRADIENT), limit);
        }
    }

    /**
     * All gradients together are scaled by {@code limit / ‖g‖} where the norm of them all is greater than the limit,
     * which keeps their direction (Pascanu et al. 2013).
     *
     * @param limit greater than 0
     */
    record ByGlobalNorm(double limit) implements Clipping {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code limit} is not greater than 0
         */
        public ByGlobalNorm {
            positive(limit);
        }

        @Override
        public Expression clipped() {
            return scaled(Expression.GLOBAL_NORM, limit);
        }
    }

    private static Expression scaled(Expression norm, double limit) {
        Expression most = Expression.constant(limit);
        Expression scale = Expression.select(norm, most, most.dividedBy(norm), Expression.constant(1));
        return Expression.GRADIENT.times(scale.rounded());
    }

    private static void positive(double limit) {
        if (!(limit > 0) || Double.isInfinite(limit)) {
            throw new IllegalArgumentException("clipping: the limit must be greater than 0, got " + limit);
        }
    }
}
