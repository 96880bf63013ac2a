package dev.thalweg.train;

import java.util.Objects;

/** Lowers the learning rate when a number has not got better for some epochs. It works on top of any schedule. */
public final class ReduceLROnPlateau implements Callback {
    private final Monitor monitor;
    private final double factor;
    private final int patience;
    private double best;
    private int waited;

    /**
     * Watches a number.
     *
     * @param monitor the number
     * @param factor by which the rate is multiplied, above 0 and below 1
     * @param patience how many epochs without an improvement are let go by, at least 1
     */
    public ReduceLROnPlateau(Monitor monitor, double factor, int patience) {
        Objects.requireNonNull(monitor, "monitor");
        if (!(factor > 0 && factor < 1) || patience < 1) {
            throw new IllegalArgumentException(
                    "reduce on plateau: expected a factor above 0 and below 1 and a patience of at least 1, got "
                            + factor + " and " + patience);
        }
        this.monitor = monitor;
        this.factor = factor;
        this.patience = patience;
    }

    @Override
    public void onTrainBegin(Training training) {
        best = monitor.worst();
        waited = 0;
        // The factor itself is kept in a checkpoint; only the waiting has to be found again.
        monitor.measured(training.history()).forEach(this::lowers);
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
        if (lowers(result)) {
            training.rateFactor(training.rateFactor() * factor);
        }
    }

    private boolean lowers(EpochResult result) {
        double value = monitor.of(result);
        if (monitor.better(value, best, 0)) {
            best = value;
            waited = 0;
            return false;
        }
        waited++;
        if (waited < patience) {
            return false;
        }
        waited = 0;
        return true;
    }
}
