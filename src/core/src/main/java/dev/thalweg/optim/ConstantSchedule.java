package dev.thalweg.optim;

/**
 * The same for all steps.
 *
 * @param learningRate η, at least 0
 */
public record ConstantSchedule(double learningRate) implements Schedule {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not at least 0
     */
    public ConstantSchedule {
        Ranges.atLeast0("constant schedule: the rate", learningRate);
    }

    @Override
    public double at(long step) {
        return learningRate;
    }
}
