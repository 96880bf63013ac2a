package dev.thalweg.model;

import dev.thalweg.graph.Value;

/** The mean of each channel: {@code [N, C, H, W]} to {@code [N, C]}. */
public record GlobalAveragePooling2D() implements Layer {
    @Override
    public Value build(LayerContext context, Value input) {
        return context.builder().flatten(context.builder().globalAveragePooling(input));
    }
}
