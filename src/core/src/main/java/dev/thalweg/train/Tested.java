package dev.thalweg.train;

import dev.thalweg.inference.Predictions;
import java.util.Objects;

/**
 * What came of one pass over pictures: how the model does on all of them, and what it says of each.
 *
 * @param evaluation of all
 * @param predictions of each, in their order
 */
public record Tested(Evaluation evaluation, Predictions predictions) {
    /** Refuses null. */
    public Tested {
        Objects.requireNonNull(evaluation, "evaluation");
        Objects.requireNonNull(predictions, "predictions");
    }
}
