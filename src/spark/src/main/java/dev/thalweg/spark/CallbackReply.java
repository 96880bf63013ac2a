package dev.thalweg.spark;

import java.io.Serializable;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/** What the driver tells the leading replica. */
sealed interface CallbackReply extends Serializable {
    /**
     * All callbacks were told.
     *
     * @param stop why to stop; null for going on
     * @param rateFactor by which learning rates are multiplied from now on
     * @param weights to go on with; null for those that there are
     */
    record Decided(
            @Nullable String stop,
            double rateFactor,
            @Nullable HashMap<String, float[]> weights) implements CallbackReply {}

    /** A callback wants to see the weights. */
    record AskWeights() implements CallbackReply {}

    /** A callback wants a checkpoint. */
    record AskCheckpoint() implements CallbackReply {}

    /** What callbacks remember. */
    record Remembered(HashMap<String, float[]> state) implements CallbackReply {}

    /**
     * No answer, but told at any time.
     *
     * @param reason why to stop
     */
    record Stop(String reason) implements CallbackReply {}

    /** A callback failed. */
    record Failed(Throwable what) implements CallbackReply {}
}
