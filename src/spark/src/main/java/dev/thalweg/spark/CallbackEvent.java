package dev.thalweg.spark;

import java.io.Serializable;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/** What the leading replica tells the driver. */
sealed interface CallbackEvent extends Serializable {
    /**
     * Where the training stands.
     *
     * @param epochs how many it shall have
     * @param batches of an epoch
     * @param step how many updates were made
     * @param batch how many batches of the epoch under way were trained on
     * @param rateFactor by which learning rates are multiplied
     * @param history so far
     */
    record Standing(int epochs, int batches, long step, int batch, double rateFactor, RecordForm history)
            implements Serializable {}

    /** It sets out, or goes on. */
    record Begun(Standing standing) implements CallbackEvent {}

    /** A batch was trained on. */
    record BatchEnded(Standing standing, RecordForm progress) implements CallbackEvent {}

    /** An epoch is about to be validated. */
    record ValidationBegun(Standing standing) implements CallbackEvent {}

    /**
     * An epoch has ended.
     *
     * @param result what it came to
     * @param straggler which worker kept the others waiting; null if none did
     */
    record EpochEnded(
            Standing standing, RecordForm result, @Nullable String straggler) implements CallbackEvent {}

    /** It came to its end. */
    record Ended(Standing standing) implements CallbackEvent {}

    /** What the driver asked for. */
    record Answer(Serializable what) implements CallbackEvent {}

    /** A checkpoint wants to know what callbacks remember. */
    record Remember() implements CallbackEvent {}

    /** What callbacks remembered when a checkpoint was written. */
    record Recall(HashMap<String, float[]> state) implements CallbackEvent {}
}
