package dev.thalweg.train;

import java.util.List;
import java.util.Optional;

/**
 * What every epoch of a training came to.
 *
 * @param epochs from first to last; those before a checkpoint that the training went on from are among them
 * @param stopReason why the training ended before its last epoch; empty if it did not
 */
public record History(List<EpochResult> epochs, Optional<String> stopReason) {
    /** Copies the list. */
    public History {
        epochs = List.copyOf(epochs);
    }

    /**
     * {@return the last epoch's result}
     *
     * @throws java.util.NoSuchElementException if no epoch was completed
     */
    public EpochResult last() {
        return epochs.getLast();
    }
}
