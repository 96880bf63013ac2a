package dev.thalweg.train;

import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

/**
 * Is told how a training goes, by the training thread, and may act on it. Every method does nothing unless overridden.
 * What one keeps in checkpoints, {@link #state}, is given back to the callback at the same place of the list, if it is
 * of the same class, or known by the same name: {@code Registry.register(Callback.class, "acme.Watch", watch)}.
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
     * {@return a callback that does something at the end of every epoch, and nothing else}
     *
     * @param action is given the training and the epoch's result
     */
    static Callback ofEpochEnd(BiConsumer<Training, EpochResult> action) {
        Objects.requireNonNull(action, "action");
        return new Callback() {
            @Override
            public void onEpochEnd(Training training, EpochResult result) {
                action.accept(training, result);
            }
        };
    }

    /**
     * {@return a callback that does something after every batch, and nothing else}
     *
     * @param action is given the training and how far the epoch is
     */
    static Callback ofBatchEnd(BiConsumer<Training, Progress> action) {
        Objects.requireNonNull(action, "action");
        return new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                action.accept(training, progress);
            }
        };
    }

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
    record Progress(int epoch, int batch, int images, double loss, Map<String, Double> metrics, float learningRate) {
        /** Refuses null. */
        public Progress {
            Objects.requireNonNull(metrics, "metrics");
        }
    }
}
