package dev.thalweg.serve.models;

import java.util.List;
import java.util.Optional;

/** Answers are numbers: of others JSON has no word, and a model that gives them is broken. */
public final class FiniteNumbers {
    private FiniteNumbers() {}

    /**
     * {@return the first that is infinite or no number, if there is one}
     *
     * @param rows of an output
     */
    public static Optional<Float> firstOther(List<float[]> rows) {
        for (float[] row : rows) {
            for (float number : row) {
                if (!Float.isFinite(number)) {
                    return Optional.of(number);
                }
            }
        }
        return Optional.empty();
    }
}
