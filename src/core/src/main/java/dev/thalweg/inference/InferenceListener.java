package dev.thalweg.inference;

import java.time.Duration;
import java.util.Objects;

/**
 * Is told what an {@link InferenceService} does, for metrics. Its methods are called between batches, or by whoever
 * asks: they must be quick, may be called by several threads at once, and what they throw is logged and forgotten.
 */
public interface InferenceListener {
    /** Hears nothing. */
    InferenceListener NONE = new InferenceListener() {};

    /**
     * A batch that was computed.
     *
     * @param requests that it answered
     * @param pictures of them
     * @param compute what computing it took
     * @param longestWait how long the first of them waited before
     */
    record ComputedBatch(int requests, int pictures, Duration compute, Duration longestWait) {
        /** Refuses null. */
        public ComputedBatch {
            Objects.requireNonNull(compute, "compute");
            Objects.requireNonNull(longestWait, "longestWait");
        }
    }

    /** Why a request got no answer. */
    enum Drop {
        /** The queue was full. */
        REFUSED,
        /** Its time was over before its turn came. */
        EXPIRED,
        /** Whoever asked no longer wants to know. */
        CANCELLED,
        /** Computing it failed. */
        FAILED
    }

    /**
     * A batch was computed.
     *
     * @param batch what it was
     */
    default void onBatch(ComputedBatch batch) {}

    /**
     * A request ended without an answer.
     *
     * @param reason why
     */
    default void onDrop(Drop reason) {}

    /** Another model answers from now on. */
    default void onSwap() {}
}
