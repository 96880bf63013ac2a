package dev.thalweg.optim;

/**
 * {@code (η₀ − η₁)(1 − t / decaySteps)^power + η₁}, and η₁ after so many steps.
 *
 * @param initialLearningRate η₀, at least 0
 * @param endLearningRate η₁, at least 0
 * @param decaySteps how long it falls, at least 1
 * @param power 1 for a straight line; greater than 0
 */
public record PolynomialDecay(double initialLearningRate, double endLearningRate, long decaySteps, double power)
        implements Schedule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code initialLearningRate} is not at least 0, {@code endLearningRate}
     *         not at least 0, {@code decaySteps} not at least 1, or {@code power} not greater than 0
     */
    public PolynomialDecay {
        Ranges.atLeast0("polynomial schedule: the first rate", initialLearningRate);
        Ranges.atLeast0("polynomial schedule: the last rate", endLearningRate);
        Ranges.atLeast1("polynomial schedule: the number of steps", decaySteps);
        Ranges.above0("polynomial schedule: the power", power);
    }

    /**
     * A straight line.
     *
     * @param initialLearningRate η₀
     * @param endLearningRate η₁
     * @param decaySteps how long it falls
     */
    public PolynomialDecay(double initialLearningRate, double endLearningRate, long decaySteps) {
        this(initialLearningRate, endLearningRate, decaySteps, 1);
    }

    @Override
    public double at(long step) {
        return (initialLearningRate - endLearningRate)
                        * Math.pow(1 - (double) Math.min(step, decaySteps) / decaySteps, power)
                + endLearningRate;
    }
}
