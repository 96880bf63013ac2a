package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.CheckReturnValue;

/**
 * A convolution of each channel for itself: {@code [N, C, H, W]} to {@code [N, C, OH, OW]}. Parameters:
 * {@code kernel [C, 1, kernelSize, kernelSize]} and {@code bias [C]}. A pointwise convolution is
 * {@code Conv2D(filters, 1)}.
 *
 * @param kernelSize height and width in pixels
 * @param stride by how many pixels the kernel moves
 * @param padding what happens at the edges
 * @param useBias whether a learnt number is added to each channel
 */
public record DepthwiseConv2D(int kernelSize, int stride, Padding padding, boolean useBias) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if a number is not at least 1
     * @throws IllegalArgumentException if no padding is given
     */
    public DepthwiseConv2D {
        Sizes.positive("DepthwiseConv2D", "kernelSize", kernelSize);
        Sizes.positive("DepthwiseConv2D", "stride", stride);
        Sizes.given("DepthwiseConv2D", "padding", padding);
    }

    /**
     * Moves by one pixel, without padding.
     *
     * @param kernelSize height and width in pixels
     */
    public DepthwiseConv2D(int kernelSize) {
        this(kernelSize, 1, Padding.VALID, true);
    }

    /**
     * {@return this layer with another stride}
     *
     * @param pixels at least 1
     */
    @CheckReturnValue
    public DepthwiseConv2D stride(int pixels) {
        return new DepthwiseConv2D(kernelSize, pixels, padding, useBias);
    }

    /**
     * {@return this layer with another padding}
     *
     * @param edges what happens at the edges
     */
    @CheckReturnValue
    public DepthwiseConv2D padding(Padding edges) {
        return new DepthwiseConv2D(kernelSize, stride, edges, useBias);
    }

    /**
     * {@return this layer with or without a bias}
     *
     * @param on whether it has one
     */
    @CheckReturnValue
    public DepthwiseConv2D useBias(boolean on) {
        return new DepthwiseConv2D(kernelSize, stride, padding, on);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        int channels = Sizes.channels("DepthwiseConv2D", input);
        Conv2D convolution =
                new Conv2D(channels, kernelSize).stride(stride).padding(padding).groups(channels);
        return (useBias ? convolution : convolution.useBias(false)).build(context, input);
    }
}
