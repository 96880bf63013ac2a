package dev.thalweg.inference;

import dev.thalweg.tensor.CheckReturnValue;
import java.time.Duration;
import java.util.Objects;

/**
 * How an {@link InferenceService} makes batches of what it is asked, and how much may wait.
 *
 * @param maxDelay how long a request waits for others to share its batch; 0 is none: a batch is what came while the one
 *            before it was computed
 * @param queueCapacity pictures that wait at most; more are refused
 */
public record Batching(Duration maxDelay, int queueCapacity) {
    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    /** Without waiting for others, and 512 pictures in the queue. */
    public static final Batching DEFAULT = new Batching(Duration.ZERO, 512);

    /**
     * Checks it.
     *
     * @throws IllegalArgumentException if the delay is negative or over a minute, or there is no room in the queue
     */
    public Batching {
        Objects.requireNonNull(maxDelay, "maxDelay");
        if (maxDelay.isNegative() || maxDelay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("requests wait for others from 0 to 60 s, got " + maxDelay);
        }
        if (queueCapacity < 1) {
            throw new IllegalArgumentException("a queue holds at least 1 picture, got " + queueCapacity);
        }
    }

    /**
     * {@return this with another delay}
     *
     * @param delay how long a request waits for others
     */
    @CheckReturnValue
    public Batching maxDelay(Duration delay) {
        return new Batching(delay, queueCapacity);
    }

    /**
     * {@return this with another queue}
     *
     * @param pictures that wait at most
     */
    @CheckReturnValue
    public Batching queueCapacity(int pictures) {
        return new Batching(maxDelay, pictures);
    }
}
