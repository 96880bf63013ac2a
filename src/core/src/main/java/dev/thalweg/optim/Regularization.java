package dev.thalweg.optim;

import dev.thalweg.tensor.CheckReturnValue;

/**
 * What keeps weights small. L1 and L2 together are the elastic net (Zou and Hastie 2005). The loss that is reported is
 * that of the data alone.
 *
 * @param l1 λ of {@code λ‖θ‖₁}, whose gradient is {@code λ sign θ}; at least 0
 * @param l2 λ of {@code λ‖θ‖²}, whose gradient is {@code 2λθ}; at least 0
 * @param weightDecay λ of {@code θ ← θ − ηλθ}, apart from the gradient; at least 0
 * @param maxNorm greatest norm of a unit's incoming weights; infinite for no limit
 */
public record Regularization(double l1, double l2, double weightDecay, double maxNorm) {
    /** Nothing. */
    public static final Regularization NONE = new Regularization(0, 0, 0, Double.POSITIVE_INFINITY);

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code maxNorm} is not greater than 0, or another number not at least 0
     */
    public Regularization {
        Ranges.atLeast0("L1", l1);
        Ranges.atLeast0("L2", l2);
        Ranges.atLeast0("the weight decay", weightDecay);
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("the norm's limit must be greater than 0, got " + maxNorm);
        }
    }

    /**
     * {@return this with another L1}
     *
     * @param lambda at least 0
     */
    @CheckReturnValue
    public Regularization l1(double lambda) {
        return new Regularization(lambda, l2, weightDecay, maxNorm);
    }

    /**
     * {@return this with another L2}
     *
     * @param lambda at least 0
     */
    @CheckReturnValue
    public Regularization l2(double lambda) {
        return new Regularization(l1, lambda, weightDecay, maxNorm);
    }

    /**
     * {@return this with another decoupled weight decay}
     *
     * @param lambda at least 0
     */
    @CheckReturnValue
    public Regularization weightDecay(double lambda) {
        return new Regularization(l1, l2, lambda, maxNorm);
    }

    /**
     * {@return this with another limit of norms}
     *
     * @param limit greater than 0
     */
    @CheckReturnValue
    public Regularization maxNorm(double limit) {
        return new Regularization(l1, l2, weightDecay, limit);
    }
}
