package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.ShapeException;

/**
 * A fully connected layer, {@code [N, I]} to {@code [N, units]}. Parameters: {@code kernel [units, I]}, Glorot-uniform at
 * first, and {@code bias [units]}, zero at first.
 *
 * @param units how many numbers come out, at least 1
 * @param activation applied to the result
 * @param useBias whether a learnt number is added to each result
 */
public record Dense(int units, Activation activation, boolean useBias) implements Layer {
    /** Checks the ranges. */
    public Dense {
        Sizes.positive("Dense", "units", units);
    }

    /**
     * With an activation.
     *
     * @param units how many numbers come out
     * @param activation applied to the result
     */
    public Dense(int units, Activation activation) {
        this(units, activation, true);
    }

    /**
     * Without an activation: for logits.
     *
     * @param units how many numbers come out
     */
    public Dense(int units) {
        this(units, Activation.LINEAR);
    }

    /**
     * {@return this layer with another activation}
     *
     * @param function applied to the result
     */
    public Dense activation(Activation function) {
        return new Dense(units, function, useBias);
    }

    /**
     * {@return this layer without a bias}
     */
    public Dense withoutBias() {
        return new Dense(units, activation, false);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        if (input.shape().rank() != 2) {
            throw new ShapeException("Dense needs rows of numbers [N, I], got " + input.shape() + ": put Flatten or"
                    + " GlobalAveragePooling2D before it");
        }
        Value kernel = context.parameter("kernel", Initializer.GLOROT_UNIFORM, units, input.shape().dim(1));
        Value bias = useBias ? context.parameter("bias", Initializer.ZEROS, units) : null;
        return activation.apply(context.builder(), context.builder().innerProduct(input, kernel, bias));
    }
}
