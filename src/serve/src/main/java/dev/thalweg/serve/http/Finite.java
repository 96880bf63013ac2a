package dev.thalweg.serve.http;

import dev.thalweg.serve.models.FiniteNumbers;
import io.helidon.http.Status;
import java.util.List;
import java.util.Optional;

/** Refuses answers that are no numbers. */
final class Finite {
    private Finite() {}

    static void check(List<float[]> rows) throws HttpProblem {
        Optional<Float> other = FiniteNumbers.firstOther(rows);
        if (other.isPresent()) {
            throw new HttpProblem(
                    Status.INTERNAL_SERVER_ERROR_500, "the model answers by what is no number: " + other.get());
        }
    }
}
