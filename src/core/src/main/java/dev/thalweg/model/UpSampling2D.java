package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;

/**
 * Repeats every pixel: {@code [N, C, H, W]} to {@code [N, C, H · size, W · size]}.
 *
 * @param size how often, in both directions
 */
public record UpSampling2D(int size) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if {@code size} is not at least 1
     */
    public UpSampling2D {
        Sizes.positive("UpSampling2D", "size", size);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        Sizes.channels("UpSampling2D", input);
        Shape s = input.shape();
        Shape larger = Shape.of(
                s.dim(0), s.dim(1), Shape.extent((long) s.dim(2) * size), Shape.extent((long) s.dim(3) * size));
        int rows = Shape.extent(s.elements() / s.dim(3));
        Value pixels = context.builder().reshape(input, Shape.of(rows, 1, s.dim(3), 1));
        Value repeated = context.builder().broadcast(pixels, Shape.of(rows, size, s.dim(3), size));
        return context.builder().reshape(repeated, larger);
    }
}
