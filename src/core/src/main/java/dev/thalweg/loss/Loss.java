package dev.thalweg.loss;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.ShapeException;
import java.util.Optional;

/** What gradient descent makes small: one number, a mean over the batch. */
public sealed interface Loss
        permits BinaryCrossentropy,
                CategoricalCrossentropy,
                MeanAbsoluteError,
                MeanSquaredError,
                SparseCategoricalCrossentropy {

    /**
     * Adds the loss to a graph.
     *
     * @param builder the graph
     * @param predictions what the model says, {@code [N, ...]}
     * @param targets what it should say, of the same shape; class labels come as one-hot rows
     * @return one number, the mean over the batch
     * @throws ShapeException if the shapes do not fit
     */
    Value of(GraphBuilder builder, Value predictions, Value targets);

    /**
     * Looks whether a network yields what this loss expects.
     *
     * @param outputs what the network yields
     * @return a warning where it is unusual but may be meant; else empty
     * @throws IllegalArgumentException if it cannot be meant: logits taken for probabilities, or probabilities for
     *            logits
     */
    default Optional<String> check(Outputs outputs) {
        return Optional.empty();
    }
}
