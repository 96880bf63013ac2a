package dev.thalweg.optim;

/**
 * {@code η₀ · factor^⌊t / decaySteps⌋}: every so many steps the rate is multiplied by the factor.
 *
 * @param initialLearningRate η₀, at least 0
 * @param factor greater than 0
 * @param decaySteps at least 1
 */
public record StepDecay(double initialLearningRate, double factor, long decaySteps) implements Schedule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code initialLearningRate} is not at least 0, {@code factor} not greater
     *         than 0, or {@code decaySteps} not at least 1
     */
    public StepDecay {
        Ranges.decay("step", initialLearningRate, factor, decaySteps);
    }

    @Override
    public double at(long step) {
        return initialLearningRate * Math.pow(factor, Math.floorDiv(step, decaySteps));
    }
}
