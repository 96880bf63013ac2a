package dev.thalweg.model;

import dev.thalweg.graph.Value;

/** All numbers of an example in a row: {@code [N, C, H, W]} to {@code [N, C·H·W]}. */
public record Flatten() implements Layer {
    @Override
    public Value build(LayerContext context, Value input) {
        return context.builder().flatten(input);
    }
}
