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
    /** Copies the list and checks it. */
    public Reshape {
        shape = List.copyOf(Sizes.given("Reshape", "shape", shape));
        extents(shape);
    }

    private static Shape extents(List<Integer> shape) {
        return Shape.of(shape.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    public Value build(LayerContext context, Value input) {
        return context.builder()
                .reshape(input, extents(shape).batched(input.shape().dim(0)));
    }
}
