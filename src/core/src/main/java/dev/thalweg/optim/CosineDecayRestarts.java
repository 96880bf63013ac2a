package dev.thalweg.optim;

/**
 * Cosines one after the other (SGDR).
 *
 * @param first the first of them
 * @param longer by which the number of steps is multiplied at each restart, at least 1
 * @param lower by which the first rate is multiplied at each restart, greater than 0
 */
public record CosineDecayRestarts(CosineDecay first, double longer, double lower) implements Schedule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code longer} is not at least 1, or {@code lower} not greater than 0
     */
    public CosineDecayRestarts {
        if (!(longer >= 1) || Double.isInfinite(longer)) {
            throw new IllegalArgumentException(
                    "cosine schedule: a restart is at least as long as the one before, got a factor of " + longer);
        }
        Ranges.above0("cosine schedule: the factor of the rate", lower);
    }

    @Override
    public double at(long step) {
        double rest = step;
        double length = first.decaySteps();
        double rate = first.initialLearningRate();
        while (rest >= length) {
            rest -= length;
            length *= longer;
            rate *= lower;
        }
        return first.value(rate, rest / length);
    }
}
