package dev.thalweg.train;

/** Is told how a training goes, by the training thread. Every method does nothing unless overridden. */
public interface Callback {
    /**
     * Training begins.
     *
     * @param plan what is going to happen
     */
    default void onTrainBegin(Plan plan) {
    }

    /**
     * A batch was trained on.
     *
     * @param progress how far the epoch is
     */
    default void onBatchEnd(Progress progress) {
    }

    /**
     * An epoch was trained and, if asked for, validated.
     *
     * @param result of the epoch
     */
    default void onEpochEnd(EpochResult result) {
    }

    /**
     * Training is over, whether it came to its end or failed.
     */
    default void onTrainEnd() {
    }

    /**
     * What a training is going to do.
     *
     * @param epochs how many there will be
     * @param images how many pictures an epoch has
     * @param batches how many batches an epoch has
     */
    record Plan(int epochs, int images, int batches) {
    }

    /**
     * Where a training stands within an epoch.
     *
     * @param epoch from 1
     * @param images seen in this epoch
     * @param loss mean over the epoch so far
     * @param accuracy mean over the epoch so far
     * @param learningRate of the last step
     */
    record Progress(int epoch, int images, double loss, double accuracy, float learningRate) {
    }
}
