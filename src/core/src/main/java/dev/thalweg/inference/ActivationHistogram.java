package dev.thalweg.inference;

import java.util.Arrays;

/**
 * How often the numbers of an activation fall where, collected batch by batch. Bins are as wide as a power of two and
 * begin at 0 in both directions; where greater numbers come, two neighbours become one. So the same numbers give the
 * same histogram in whatever order they come.
 */
final class ActivationHistogram {
    /** In each direction; of the direction with the greatest number at least half of them are used. */
    static final int BINS = 2048;

    private final long[] positive = new long[BINS];
    private final long[] negative = new long[BINS];
    private long zeros;
    private long count;
    private double least = Double.POSITIVE_INFINITY;
    private double greatest = Double.NEGATIVE_INFINITY;
    /** Of a bin; below the least float's until a number other than 0 has come. */
    private double width = 0x1p-200;

    /**
     * Adds numbers.
     *
     * @throws ArithmeticException if one of them is not finite: there is no range to quantize
     */
    void add(float[] numbers) {
        for (float number : numbers) {
            if (!Float.isFinite(number)) {
                throw new ArithmeticException("an activation is " + number + " for a picture of the calibration data:"
                        + " numbers that are not finite cannot be quantized");
            }
            count++;
            least = Math.min(least, number);
            greatest = Math.max(greatest, number);
            if (number == 0) {
                zeros++;
            } else {
                count(number);
            }
        }
    }

    private void count(double number) {
        double size = Math.abs(number);
        while (size >= width * BINS) {
            widen();
        }
        (number > 0 ? positive : negative)[(int) (size / width)]++;
    }

    private void widen() {
        for (long[] bins : new long[][] {positive, negative}) {
            for (int i = 0; i < BINS / 2; i++) {
                bins[i] = bins[2 * i] + bins[2 * i + 1];
            }
            Arrays.fill(bins, BINS / 2, BINS, 0);
        }
        width *= 2;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** The least number. */
    double least() {
        return least;
    }

    /** The greatest number. */
    double greatest() {
        return greatest;
    }

    /** The width of a bin. */
    double width() {
        return width;
    }

    /** How often numbers other than 0 fall into each bin by their absolute value. */
    long[] sizes() {
        long[] sizes = new long[BINS];
        Arrays.setAll(sizes, i -> positive[i] + negative[i]);
        return sizes;
    }

    /**
     * The number that a share of all numbers does not pass, to the width of a bin: the end of the bin that it falls
     * into, away from 0.
     *
     * @param share from 0 to 1
     */
    double quantile(double share) {
        double wanted = share * count;
        long below = 0;
        for (int i = BINS - 1; i >= 0; i--) {
            below += negative[i];
            if (negative[i] > 0 && below >= wanted) {
                return Math.max(least, -(i + 1) * width);
            }
        }
        below += zeros;
        if (zeros > 0 && below >= wanted) {
            return 0;
        }
        for (int i = 0; i < BINS; i++) {
            below += positive[i];
            if (positive[i] > 0 && below >= wanted) {
                return Math.min(greatest, (i + 1) * width);
            }
        }
        return greatest;
    }
}
