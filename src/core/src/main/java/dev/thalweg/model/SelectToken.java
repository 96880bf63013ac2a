package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;

/**
 * One token of each example, {@code [N, T, D]} to {@code [N, D]}; a vision transformer's class token is the first.
 *
 * @param index which, from 0
 */
public record SelectToken(int index) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if {@code index} is below 0
     */
    public SelectToken {
        Sizes.notNegative("SelectToken", "index", index);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        Value one = context.builder().slice(input, 1, index, 1);
        return context.builder()
                .reshape(
                        one,
                        Shape.of(
                                input.shape().dim(0),
                                Shape.extent(
                                        one.shape().elements() / input.shape().dim(0))));
    }
}
