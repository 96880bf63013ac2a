package dev.thalweg.model;

import dev.thalweg.graph.Value;

/**
 * Brings the numbers along the last axis to mean 0 and variance 1, then to a learnt scale and shift for each of them
 * (Ba, Kiros and Hinton 2016): {@code [N, ..., D]} to {@code [N, ..., D]}. Parameters: {@code scale [D]} and
 * {@code shift [D]}.
 *
 * @param epsilon added to variances, greater than 0
 */
public record LayerNormalization(double epsilon) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code epsilon} is not greater than 0
     */
    public LayerNormalization {
        Sizes.epsilon("LayerNormalization", epsilon);
    }

    /** With epsilon 1e-6, as in vision transformers. */
    public LayerNormalization() {
        this(1e-6);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        int last = input.shape().dim(input.shape().rank() - 1);
        Value scale = context.parameter("scale", Initializer.ONES, last);
        Value shift = context.parameter("shift", Initializer.ZEROS, last);
        return context.builder().layerNormalization(input, scale, shift, (float) epsilon);
    }
}
