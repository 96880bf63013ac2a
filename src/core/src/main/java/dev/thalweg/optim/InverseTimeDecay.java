package dev.thalweg.optim;

/**
 * {@code η₀ / (1 + decay · t)}.
 *
 * @param initialLearningRate η₀, at least 0
 * @param decay for each step, at least 0
 */
public record InverseTimeDecay(double initialLearningRate, double decay) implements Schedule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code initialLearningRate} is not at least 0, or {@code decay} not at
     *         least 0
     */
    public InverseTimeDecay {
        Ranges.atLeast0("inverse-time schedule: the rate", initialLearningRate);
        Ranges.atLeast0("inverse-time schedule: the decay", decay);
    }

    @Override
    public double at(long step) {
        return initialLearningRate / (1 + decay * step);
    }
}
