package dev.thalweg.metric;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Figures of classes and labels, and what they come to together. */
final class Figures {
    private Figures() {}

    /** 0 of nothing, as in scikit-learn. */
    static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    /** The harmonic mean of precision and recall (van Rijsbergen, Information Retrieval, 1979). */
    static double f1(double precision, double recall) {
        double sum = precision + recall;
        return sum == 0 ? 0 : 2 * precision * recall / sum;
    }

    /** The mean over the outputs of which there is a figure. */
    static double mean(int outputs, IntToDoubleFunction figure) {
        return IntStream.range(0, outputs)
                .mapToDouble(figure)
                .filter(f -> !Double.isNaN(f))
                .average()
                .orElse(Double.NaN);
    }
}
