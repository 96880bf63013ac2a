package dev.thalweg.train;

import java.util.Map;

/**
 * Is told how a training goes, by the training thread, and may act on it. Every method does nothing unless overridden.
 */
public interface Callback {
    /**
     * Training begins, or goes on: then the history already holds the epochs done, and {@link #restore} came before.
     *
     * @param training the training, which stays the same until its end
     */
    default void onTrainBegin(Training training) {}

    /**
     * A batch was trained on.
     *
     * @param training the training
     * @param progress how far the epoch is
     */
    default void onBatchEnd(Training training, Progress progress) {}

    /**
     * All batches of an epoch were trained on, and it is about to be validated; not called where nothing is validated.
     *
     * @param training the training; its history does not hold this epoch yet
     */
    default void onValidationBegin(Training training) {}

    /**
     * An epoch was trained and, if asked for, validated.
     *
     * @param training the training; its history ends with this epoch
     * @param result of the epoch
     */
    default void onEpochEnd(Training training, EpochResult result) {}

    /**
     * Training is over, whether it came to its end, was stopped or failed.
     *
     * @param training the training
     */
    default void onTrainEnd(Training training) {}

    /**
     * {@return numbers that a checkpoint must keep for this callback, beyond what the history tells}
     */
    default Map<String, float[]> state() {
        return Map.of();
    }

    /**
     * Takes back what {@link #state} gave when a checkpoint was written.
     *
     * @param state the numbers
     */
    default void restore(Map<String, float[]> state) {}

    /**
     * Where a training stands within an epoch.
     *
     * @param epoch from 1
     * @param batch how many batches of this epoch were seen
     * @param images how many pictures of this epoch were seen
     * @param loss mean over the epoch so far
     * @param metrics means over the epoch so far, as those of {@link EpochResult}
     * @param learningRate of the last step
     */
    record Progress(int epoch, int batch, int images, double loss, Map<String, Double> metrics, float learningRate) {}
}
