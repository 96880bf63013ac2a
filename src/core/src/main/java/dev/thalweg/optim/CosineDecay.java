package dev.thalweg.optim;

import dev.thalweg.tensor.CheckReturnValue;

/**
 * {@code η₁ + (η₀ − η₁)(1 + cos(π t / decaySteps)) / 2}, and η₁ after so many steps (Loshchilov and Hutter, SGDR,
 * ICLR 2017, equation 5).
 *
 * @param initialLearningRate η₀, at least 0
 * @param endLearningRate η₁, at least 0
 * @param decaySteps how long it falls, at least 1
 */
public record CosineDecay(double initialLearningRate, double endLearningRate, long decaySteps) implements Schedule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code initialLearningRate} is not at least 0, {@code endLearningRate}
     *         not at least 0, or {@code decaySteps} not at least 1
     */
    public CosineDecay {
        Ranges.atLeast0("cosine schedule: the first rate", initialLearningRate);
        Ranges.atLeast0("cosine schedule: the last rate", endLearningRate);
        Ranges.atLeast1("cosine schedule: the number of steps", decaySteps);
    }

    /**
     * {@return the same, started again each time it has ended}
     *
     * @param longer by which the number of steps is multiplied at each restart, at least 1
     * @param lower by which the first rate is multiplied at each restart, greater than 0
     */
    @CheckReturnValue
    public CosineDecayRestarts restarting(double longer, double lower) {
        return new CosineDecayRestarts(this, longer, lower);
    }

    @Override
    public double at(long step) {
        return value(initialLearningRate, (double) Math.min(step, decaySteps) / decaySteps);
    }

    double value(double first, double share) {
        return endLearningRate + (first - endLearningRate) * (1 + Math.cos(Math.PI * share)) / 2;
    }
}
