package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.CheckReturnValue;
import java.util.Objects;

/**
 * Convolution of pictures {@code [N, C, H, W]} with learnt filters, giving {@code [N, filters, OH, OW]}. Parameters:
 * {@code kernel [filters, C / groups, kernelHeight, kernelWidth]} and {@code bias [filters]}, zero at first.
 *
 * @param filters how many channels come out, at least 1
 * @param kernelHeight in pixels
 * @param kernelWidth in pixels
 * @param stride by how many pixels the kernel moves, both ways
 * @param dilation the distance of the kernel's pixels; 1 is dense
 * @param padding what happens at the edges
 * @param groups into how many independent groups the channels fall
 * @param activation applied to the result
 * @param useBias whether a learnt number is added to each filter's result
 * @param kernelInitializer how the kernel starts
 */
public record Conv2D(
        int filters,
        int kernelHeight,
        int kernelWidth,
        int stride,
        int dilation,
        Padding padding,
        int groups,
        Activation activation,
        boolean useBias,
        Initializer kernelInitializer)
        implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if a number is not at least 1
     * @throws IllegalArgumentException if padding, activation or initializer is not given
     */
    public Conv2D {
        Sizes.positive("Conv2D", "filters", filters);
        Sizes.positive("Conv2D", "kernelHeight", kernelHeight);
        Sizes.positive("Conv2D", "kernelWidth", kernelWidth);
        Sizes.positive("Conv2D", "stride", stride);
        Sizes.positive("Conv2D", "dilation", dilation);
        Sizes.positive("Conv2D", "groups", groups);
        Sizes.given("Conv2D", "padding", padding);
        Sizes.given("Conv2D", "activation", activation);
        Sizes.given("Conv2D", "kernelInitializer", kernelInitializer);
    }

    /**
     * A square kernel that moves by one pixel without padding.
     *
     * @param filters how many channels come out
     * @param kernel height and width in pixels
     * @param activation applied to the result
     */
    public Conv2D(int filters, int kernel, Activation activation) {
        this(filters, kernel, kernel, 1, 1, Padding.VALID, 1, activation, true, Initializer.HE_UNIFORM);
    }

    /**
     * A square kernel that moves by one pixel without padding or activation.
     *
     * @param filters how many channels come out
     * @param kernel height and width in pixels
     */
    public Conv2D(int filters, int kernel) {
        this(filters, kernel, Activation.LINEAR);
    }

    /**
     * {@return this layer with another stride}
     *
     * @param pixels at least 1
     */
    @CheckReturnValue
    public Conv2D stride(int pixels) {
        return new Conv2D(
                filters,
                kernelHeight,
                kernelWidth,
                pixels,
                dilation,
                padding,
                groups,
                activation,
                useBias,
                kernelInitializer);
    }

    /**
     * {@return this layer with another dilation}
     *
     * @param pixels at least 1
     */
    @CheckReturnValue
    public Conv2D dilation(int pixels) {
        return new Conv2D(
                filters,
                kernelHeight,
                kernelWidth,
                stride,
                pixels,
                padding,
                groups,
                activation,
                useBias,
                kernelInitializer);
    }

    /**
     * {@return this layer with another padding}
     *
     * @param edges what happens at the edges
     */
    @CheckReturnValue
    public Conv2D padding(Padding edges) {
        return new Conv2D(
                filters,
                kernelHeight,
                kernelWidth,
                stride,
                dilation,
                edges,
                groups,
                activation,
                useBias,
                kernelInitializer);
    }

    /**
     * {@return this layer with other groups}
     *
     * @param count must divide the channels that come in and the filters; as many as channels is depthwise
     */
    @CheckReturnValue
    public Conv2D groups(int count) {
        return new Conv2D(
                filters,
                kernelHeight,
                kernelWidth,
                stride,
                dilation,
                padding,
                count,
                activation,
                useBias,
                kernelInitializer);
    }

    /**
     * {@return this layer with another activation}
     *
     * @param function applied to the result
     */
    @CheckReturnValue
    public Conv2D activation(Activation function) {
        return new Conv2D(
                filters,
                kernelHeight,
                kernelWidth,
                stride,
                dilation,
                padding,
                groups,
                function,
                useBias,
                kernelInitializer);
    }

    /**
     * {@return this layer with or without a bias}
     *
     * @param on whether it has one
     */
    @CheckReturnValue
    public Conv2D useBias(boolean on) {
        return new Conv2D(
                filters,
                kernelHeight,
                kernelWidth,
                stride,
                dilation,
                padding,
                groups,
                activation,
                on,
                kernelInitializer);
    }

    /**
     * {@return this layer with another start}
     *
     * @param start how the kernel starts
     */
    @CheckReturnValue
    public Conv2D kernelInitializer(Initializer start) {
        Objects.requireNonNull(start, "start");
        return new Conv2D(
                filters, kernelHeight, kernelWidth, stride, dilation, padding, groups, activation, useBias, start);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        Window window = Sizes.over(
                "Conv2D",
                input,
                new Window(kernelHeight, kernelWidth, stride, stride, dilation, dilation, 0, 0, 0, 0),
                padding);
        Value kernel = context.parameter(
                "kernel",
                kernelInitializer,
                filters,
                Math.max(1, input.shape().dim(1) / groups),
                kernelHeight,
                kernelWidth);
        Value bias = useBias ? context.parameter("bias", Initializer.ZEROS, filters) : null;
        return activation.apply(context.builder(), context.builder().convolution(input, kernel, bias, window, groups));
    }
}
