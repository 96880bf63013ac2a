package dev.thalweg.train;

import dev.thalweg.text.Counted;
import java.util.Map;
import java.util.Objects;

/**
 * Ends a training that no longer gets better, and puts back the weights of its best epoch, also when the training came
 * to its end by itself (Prechelt, Early Stopping — But When?, 1998). Epochs of earlier calls of fit count, as they are
 * of the same training: one that was stopped so stops again at once, unless the model is compiled anew or nothing
 * watches it.
 */
public final class EarlyStopping implements Callback {
    private final Monitor monitor;
    private final int patience;
    private final double minDelta;
    private double best;
    private int bestEpoch;
    private int epoch;
    private Map<String, float[]> bestWeights = Map.of();

    /**
     * Watches a number.
     *
     * @param monitor the number
     * @param patience how many epochs without an improvement are let go by, at least 1
     * @param minDelta by how much a number must be better to count, at least 0
     */
    public EarlyStopping(Monitor monitor, int patience, double minDelta) {
        Objects.requireNonNull(monitor, "monitor");
        if (patience < 1 || !(minDelta >= 0)) {
            throw new IllegalArgumentException(
                    "early stopping: expected a patience of at least 1 and a difference of at least 0, got " + patience
                            + " and " + minDelta);
        }
        this.monitor = monitor;
        this.patience = patience;
        this.minDelta = minDelta;
    }

    /**
     * Watches a number; any improvement counts.
     *
     * @param monitor the number
     * @param patience how many epochs without an improvement are let go by, at least 1
     */
    public EarlyStopping(Monitor monitor, int patience) {
        this(monitor, patience, 0);
    }

    /**
     * {@return the epoch with the best number, from 1; 0 before the first}
     */
    public int bestEpoch() {
        return bestEpoch;
    }

    @Override
    public void onTrainBegin(Training training) {
        best = monitor.worst();
        bestEpoch = 0;
        epoch = 0;
        if (training.history().epochs().isEmpty()) {
            // What is kept is of another training.
            bestWeights = Map.of();
        }
        monitor.measured(training.history()).forEach(this::judge);
        stopIfStuck(training);
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
        if (judge(result)) {
            bestWeights = training.weights();
        }
        stopIfStuck(training);
    }

    private void stopIfStuck(Training training) {
        if (epoch - bestEpoch >= patience) {
            training.stop("no improvement of " + monitor + " in " + Counted.of(patience, "epoch") + " since epoch "
                    + bestEpoch);
        }
    }

    /** Whether this epoch is the best so far. */
    private boolean judge(EpochResult result) {
        epoch = result.epoch();
        double value = monitor.of(result);
        boolean better = monitor.better(value, best, minDelta);
        if (better) {
            best = value;
            bestEpoch = epoch;
        }
        return better;
    }

    @Override
    public void onTrainEnd(Training training) {
        if (!training.withinEpoch() && !bestWeights.isEmpty() && bestEpoch != epoch) {
            training.weights(bestWeights);
        }
    }

    @Override
    public Map<String, float[]> state() {
        return bestWeights;
    }

    @Override
    public void restore(Map<String, float[]> state) {
        bestWeights = state;
    }
}
