package dev.thalweg.inference;

import dev.thalweg.tensor.ThalwegException;
import java.time.Duration;

/** More is asked than can be answered: nothing was queued. */
public final class OverloadedException extends ThalwegException {
    private static final long serialVersionUID = 1;

    /** When there is likely to be room. */
    private final Duration retryAfter;

    /**
     * What is full.
     *
     * @param message what there is room for, and what came
     * @param retryAfter when there is likely to be room
     */
    public OverloadedException(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    /** {@return when there is likely to be room, as far as the last batches tell} */
    public Duration retryAfter() {
        return retryAfter;
    }
}
