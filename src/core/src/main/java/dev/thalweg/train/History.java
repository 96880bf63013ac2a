package dev.thalweg.train;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What every epoch of a training came to.
 *
 * @param epochs from first to last: of this call of fit, of those before it since the model was compiled, and those
 *            before a checkpoint that the training went on from
 * @param stopReason why the last call ended before its last epoch; empty if it did not
 * @param warnings what to know of these numbers, for instance that they were not all computed by the same backend, or
 *            that the loss has risen instead of falling
 */
public record History(List<EpochResult> epochs, Optional<String> stopReason, List<String> warnings) {
    /** Copies the lists. */
    public History {
        Objects.requireNonNull(stopReason, "stopReason");
        epochs = List.copyOf(epochs);
        warnings = List.copyOf(warnings);
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
