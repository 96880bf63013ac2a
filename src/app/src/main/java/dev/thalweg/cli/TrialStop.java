package dev.thalweg.cli;

import dev.thalweg.train.Callback;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Training;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Ends the training of a trial where its rung ends, or where there is no time left, and keeps what it came to. */
final class TrialStop implements Callback {
    private final int last;
    private final BooleanSupplier late;
    private List<EpochResult> epochs = List.of();

    /**
     * Ends a training.
     *
     * @param last the epoch after which it ends
     * @param late whether it ends at once
     */
    TrialStop(int last, BooleanSupplier late) {
        this.last = last;
        this.late = late;
    }

    /** Those that were trained and validated, also of a training that then failed. */
    List<EpochResult> epochs() {
        return epochs;
    }

    private void look(Training training) {
        epochs = training.history().epochs();
        if (epochs.size() >= last) {
            training.stop("the trial waits for others");
        } else if (late.getAsBoolean()) {
            training.stop("the budget is spent");
        }
    }

    @Override
    public void onTrainBegin(Training training) {
        look(training);
    }

    @Override
    public void onBatchEnd(Training training, Progress progress) {
        if (late.getAsBoolean()) {
            training.stop("the budget is spent");
        }
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
        look(training);
    }
}
