package dev.thalweg.loss;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;

/** {@code 1/N Σ (ŷ − y)²}, the mean over all outputs. */
public record MeanSquaredError() implements Loss {
    @Override
    public Value of(GraphBuilder builder, Value predictions, Value targets) {
        return builder.reduce(
                Reduction.Kind.MEAN, builder.eltwise(Eltwise.Kind.SQUARE, Errors.of(builder, predictions, targets)));
    }
}
