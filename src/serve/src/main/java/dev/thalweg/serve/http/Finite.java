package dev.thalweg.serve.http;

import io.helidon.http.Status;
import java.util.List;

/** Answers are numbers: of others JSON has no word, and a model that gives them is broken. */
final class Finite {
    private Finite() {}

    static void check(List<float[]> rows) throws HttpProblem {
        for (float[] row : rows) {
            for (float number : row) {
                if (!Float.isFinite(number)) {
                    throw new HttpProblem(
                            Status.INTERNAL_SERVER_ERROR_500, "the model answers by what is no number: " + number);
                }
            }
        }
    }
}
