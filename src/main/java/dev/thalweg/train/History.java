package dev.thalweg.train;

import java.util.List;

/**
 * What every epoch of a training came to.
 *
 * @param epochs from first to last
 */
public record History(List<EpochResult> epochs) {
    /** Copies the list. */
    public History {
        epochs = List.copyOf(epochs);
    }

    /**
     * {@return the last epoch's result}
     */
    public EpochResult last() {
        return epochs.getLast();
    }
}
