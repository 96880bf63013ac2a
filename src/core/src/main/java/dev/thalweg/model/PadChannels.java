package dev.thalweg.model;

import dev.thalweg.graph.Value;

/**
 * Channels of zeros beside those of pictures: {@code [N, C, H, W]} to {@code [N, before + C + after, H, W]}. Residual
 * networks' "option A" (He et al. 2016) widens its shortcuts so.
 *
 * @param before how many channels before
 * @param after how many channels after
 */
public record PadChannels(int before, int after) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if a number is below 0
     */
    public PadChannels {
        Sizes.notNegative("PadChannels", "before", before);
        Sizes.notNegative("PadChannels", "after", after);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        return context.builder().pad(input, 1, before, after);
    }
}
