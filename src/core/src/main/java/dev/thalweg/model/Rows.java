package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;

/** Pictures as sequences of their rows, for recurrent layers: {@code [N, C, H, W]} to {@code [N, H, C·W]}. */
public record Rows() implements Layer {
    @Override
    public Value build(LayerContext context, Value input) {
        Sizes.channels("Rows", input);
        Shape s = input.shape();
        return context.builder()
                .reshape(
                        context.builder().transpose(input, 0, 2, 1, 3),
                        Shape.of(s.dim(0), s.dim(2), Shape.extent((long) s.dim(1) * s.dim(3))));
    }
}
