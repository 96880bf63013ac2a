package dev.thalweg.optim;

/**
 * {@code η₀ · decayRate^(t / decaySteps)}.
 *
 * @param initialLearningRate η₀, at least 0
 * @param decayRate of the rate in so many steps, greater than 0
 * @param decaySteps at least 1
 */
public record ExponentialDecay(double initialLearningRate, double decayRate, long decaySteps) implements Schedule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code initialLearningRate} is not at least 0, {@code decayRate} not
     *         greater than 0, or {@code decaySteps} not at least 1
     */
    public ExponentialDecay {
        Ranges.decay("exponential", initialLearningRate, decayRate, decaySteps);
    }

    @Override
    public double at(long step) {
        return initialLearningRate * Math.pow(decayRate, (double) step / decaySteps);
    }
}
