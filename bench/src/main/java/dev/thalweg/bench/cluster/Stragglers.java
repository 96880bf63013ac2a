package dev.thalweg.bench.cluster;

/** How long several take whose times vary, where all wait for the slowest. */
final class Stragglers {
    private static final double FARTHEST = 10;
    private static final int INTERVALS = 20_000;

    private Stragglers() {}

    /**
     * {@return the mean of the largest of several independent normal variables of mean 0 and deviation 1}, which is the
     * integral of x over Φ(x)ⁿ (David and Nagaraja, Order Statistics, 3rd edition, 2003, section 3.1), by midpoints.
     */
    static double expectedMaximum(int count) {
        double width = 2 * FARTHEST / INTERVALS;
        double below = 0;
        double allBelow = 0;
        double mean = 0;
        for (int i = 0; i < INTERVALS; i++) {
            double x = -FARTHEST + (i + 0.5) * width;
            below += Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) * width;
            double before = allBelow;
            allBelow = Math.pow(below, count);
            mean += x * (allBelow - before);
        }
        return mean;
    }

    /** {@return how many times its mean the slowest of several takes} */
    static double factor(int count, double deviation) {
        return deviation == 0 ? 1 : 1 + deviation * expectedMaximum(count);
    }
}
