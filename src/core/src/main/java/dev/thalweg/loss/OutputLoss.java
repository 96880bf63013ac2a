package dev.thalweg.loss;

import java.util.Objects;

/**
 * The loss of one of several outputs of a network. What gradient descent makes small is the sum of all of them, each
 * times its weight, as Keras' {@code loss_weights} have it.
 *
 * @param loss of this output
 * @param weight finite, at least 0
 */
public record OutputLoss(Loss loss, double weight) {
    /** Checks the range. */
    public OutputLoss {
        Objects.requireNonNull(loss, "loss");
        if (!(weight >= 0 && Double.isFinite(weight))) {
            throw new IllegalArgumentException("the weight of a loss must be finite and at least 0, got " + weight);
        }
    }
}
