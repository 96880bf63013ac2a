package dev.thalweg.optim;

/**
 * Up by half a cosine and down by another (Smith and Topin, arXiv 1708.07120, 2018, with PyTorch's cosines): from
 * {@code maxLearningRate / 25} to the greatest rate in the first part of the steps, then to
 * {@code maxLearningRate / 250 000}.
 *
 * @param maxLearningRate the greatest rate, at least 0
 * @param totalSteps how many there are in all, at least 2
 * @param rising the share of them in which the rate rises, above 0 and below 1; PyTorch's is 0.3
 */
public record OneCycle(double maxLearningRate, long totalSteps, double rising) implements Schedule {
    private static final double START = 25;
    private static final double END = 1e4;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code maxLearningRate} is not at least 0, {@code totalSteps} not at
     *         least 2, or {@code rising} not above 0 and below 1
     */
    public OneCycle {
        Ranges.atLeast0("one-cycle schedule: the greatest rate", maxLearningRate);
        if (totalSteps < 2) {
            throw new IllegalArgumentException(
                    "one-cycle schedule: the number of steps must be at least 2, got " + totalSteps);
        }
        if (!(rising > 0 && rising < 1)) {
            throw new IllegalArgumentException(
                    "one-cycle schedule: the rising share must be above 0 and below 1, got " + rising);
        }
    }

    /**
     * With PyTorch's rising share of 0.3.
     *
     * @param maxLearningRate the greatest rate
     * @param totalSteps how many there are in all
     */
    public OneCycle(double maxLearningRate, long totalSteps) {
        this(maxLearningRate, totalSteps, 0.3);
    }

    @Override
    public double at(long step) {
        double peak = Math.max(1, rising * totalSteps - 1);
        double low = maxLearningRate / START;
        if (step <= peak) {
            return between(low, maxLearningRate, step / peak);
        }
        return between(maxLearningRate, low / END, Math.min(1, (step - peak) / (totalSteps - 1 - peak)));
    }

    private static double between(double from, double to, double share) {
        return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
    }
}
