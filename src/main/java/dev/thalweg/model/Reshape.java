package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import java.util.List;

/**
 * The numbers of an example under other extents: {@code [N, ...]} to {@code [N, shape...]}.
 *
 * @param shape the extents of one example
 */
public record Reshape(List<Integer> shape) implements Layer {
    /** Copies the list. */
    public Reshape {
        shape = List.copyOf(shape);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        Shape example = Shape.of(shape.stream().mapToInt(Integer::intValue).toArray());
        return context.builder().reshape(input, example.batched(input.shape().dim(0)));
    }
}
