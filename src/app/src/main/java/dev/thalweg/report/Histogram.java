package dev.thalweg.report;

/**
 * How numbers are distributed over bins of equal width.
 *
 * @param min the least
 * @param max the greatest
 * @param count how many
 * @param sum of them
 * @param sumOfSquares of them
 * @param limits the upper end of each bin
 * @param counts how many are in each bin
 */
record Histogram(
        double min, double max, long count, double sum, double sumOfSquares, double[] limits, double[] counts) {
    private static final int BINS = 30;

    static Histogram of(float[] values) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        double sum = 0;
        double squares = 0;
        for (float value : values) {
            min = Math.min(min, value);
            max = Math.max(max, value);
            sum += value;
            squares += (double) value * value;
        }
        // All numbers alike still need a bin of some width.
        double width = max > min ? (max - min) / BINS : Math.max(Math.abs(max), 1) * 1e-6;
        double[] limits = new double[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            limits[bin] = min + (bin + 1) * width;
        }
        double[] counts = new double[BINS];
        for (float value : values) {
            counts[Math.clamp((long) ((value - min) / width), 0, BINS - 1)]++;
        }
        return new Histogram(min, max, values.length, sum, squares, limits, counts);
    }
}
