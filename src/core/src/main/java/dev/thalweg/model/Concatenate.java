package dev.thalweg.model;

import dev.thalweg.graph.Value;
import java.util.List;

/**
 * Branches side by side.
 *
 * @param axis along which, the batch counted: 1 is channels
 */
public record Concatenate(int axis) implements Merge {
    /** Along the channels. */
    public Concatenate() {
        this(1);
    }

    @Override
    public Value build(LayerContext context, List<Value> inputs) {
        return context.builder().concat(axis, inputs);
    }
}
