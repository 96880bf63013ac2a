package dev.thalweg.cli;

import java.util.List;

/** What a tune may spend; what it spent before it was taken up again counts. */
final class TuneLimits {
    private final Budget budget;
    private final int trials;
    private final double before;
    private final long begin = System.nanoTime();

    /**
     * Begins to measure the time.
     *
     * @param budget of time or epochs
     * @param trials how many may be begun
     * @param before seconds spent already
     */
    TuneLimits(Budget budget, int trials, double before) {
        this.budget = budget;
        this.trials = trials;
        this.before = before;
    }

    Budget budget() {
        return budget;
    }

    int trials() {
        return trials;
    }

    /** How long the tune took until now. */
    double seconds() {
        return before + (System.nanoTime() - begin) * 1e-9;
    }

    /** Whether the time is over. */
    boolean late() {
        return seconds() >= budget.time().toSeconds();
    }

    /** How many more epochs may be trained; one that a trial failed in is one, or a search might never end. */
    long epochsAfter(List<Trial> all) {
        return budget.epochs()
                - all.stream()
                        .mapToLong(trial -> trial.epochs().size() + (trial.failure() == null ? 0 : 1))
                        .sum();
    }
}
