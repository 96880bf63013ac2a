package dev.thalweg.loss;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;

/**
 * {@code 1/N Σ log cosh(ŷ − y)}, the mean over all outputs: like half the square of small errors, and like the absolute
 * value of great ones less log 2.
 */
public record LogCosh() implements Loss {
    private static final float LOG_2 = (float) Math.log(2);

    @Override
    public Value of(GraphBuilder builder, Value predictions, Value targets) {
        Value error = Errors.of(builder, predictions, targets);
        // log cosh x = x + log(1 + e⁻²ˣ) − log 2, which does not overflow.
        Value softplus = builder.eltwise(Eltwise.Kind.SOFT_RELU, builder.linear(error, -2, 0));
        return builder.reduce(Reduction.Kind.MEAN, builder.linear(builder.add(error, softplus), 1, -LOG_2));
    }
}
