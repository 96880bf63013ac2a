package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;

/**
 * Weighs every channel of a picture by what all channels are like on the whole (Hu, Shen and Sun, CVPR 2018): the
 * channels' means go through two small dense layers, ReLU and sigmoid, whose results multiply the channels.
 * {@code [N, C, H, W]} to {@code [N, C, H, W]}.
 *
 * @param ratio by how much the first dense layer is narrower than there are channels; 16 in the paper
 */
public record SqueezeAndExcite(int ratio) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if {@code ratio} is not at least 1
     */
    public SqueezeAndExcite {
        Sizes.positive("SqueezeAndExcite", "ratio", ratio);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        int channels = Sizes.channels("SqueezeAndExcite", input);
        Value means = new GlobalAveragePooling2D().build(context, input);
        Value squeezed =
                new Dense(Math.max(1, channels / ratio), Activation.RELU).build(context.inside("squeeze"), means);
        Value weights = new Dense(channels, Activation.SIGMOID).build(context.inside("excite"), squeezed);
        return context.builder()
                .multiply(
                        input,
                        context.builder()
                                .reshape(weights, Shape.of(input.shape().dim(0), channels, 1, 1)));
    }
}
