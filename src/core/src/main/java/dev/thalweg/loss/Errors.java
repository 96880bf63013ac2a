package dev.thalweg.loss;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.ShapeException;

/** What predictions and targets differ by. */
final class Errors {
    private Errors() {}

    /** {@code ŷ − y}; nothing is repeated to make the shapes fit, as the mean would then be of something else. */
    static Value of(GraphBuilder builder, Value predictions, Value targets) {
        checkSameShape("the loss", predictions, targets);
        return builder.binary(Binary.Kind.SUB, predictions, targets);
    }

    static void checkSameShape(String loss, Value predictions, Value targets) {
        if (!predictions.shape().equals(targets.shape())) {
            throw new ShapeException(
                    loss + " expects targets of the predictions' shape, got " + predictions + " and " + targets);
        }
    }
}
