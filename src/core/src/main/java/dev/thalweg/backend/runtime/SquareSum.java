package dev.thalweg.backend.runtime;

import java.util.Arrays;

/**
 * Adds up the squares of floats in double, by halves: each loop is over separate elements, so that it becomes vector
 * instructions, and the order of the additions is fixed. Squares of floats do not overflow a double, so the sum is
 * finite if and only if all elements are.
 */
final class SquareSum {
    private final double[] squares;

    /** For arrays of at most this many elements, a power of two. */
    SquareSum(int capacity) {
        squares = new double[capacity];
    }

    double of(float[] values, int length) {
        for (int i = 0; i < length; i++) {
            squares[i] = (double) values[i] * values[i];
        }
        int half = squares.length / 2;
        Arrays.fill(squares, length, squares.length, 0);
        for (; half >= 1; half /= 2) {
            fold(half);
        }
        return squares[0];
    }

    private void fold(int half) {
        for (int i = 0; i < half; i++) {
            squares[i] += squares[i + half];
        }
    }
}
