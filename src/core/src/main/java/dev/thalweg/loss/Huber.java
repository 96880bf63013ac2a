package dev.thalweg.loss;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;

/**
 * Half the square of errors e up to δ, and of greater ones the straight line that goes on from it, {@code δ(|e| − δ/2)}
 * (Huber, Robust Estimation of a Location Parameter, 1964); the mean over all outputs. Outliers weigh less than in
 * {@link MeanSquaredError}.
 *
 * @param delta δ, greater than 0
 */
public record Huber(double delta) implements Loss {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code delta} is not greater than 0
     */
    public Huber {
        if (!(delta > 0 && Double.isFinite(delta))) {
            throw new IllegalArgumentException("the Huber loss' delta must be greater than 0 and finite, got " + delta);
        }
    }

    /** With a delta of 1. */
    public Huber() {
        this(1);
    }

    @Override
    public Value of(GraphBuilder builder, Value predictions, Value targets) {
        Value error = Errors.of(builder, predictions, targets);
        // With c = min(δ, max(−δ, e)) both halves are c(e − c/2).
        Value clipped = builder.eltwise(Eltwise.Kind.CLIP, error, (float) -delta, (float) delta);
        Value rest = builder.add(error, builder.linear(clipped, -0.5f, 0));
        return builder.reduce(Reduction.Kind.MEAN, builder.multiply(clipped, rest));
    }
}
