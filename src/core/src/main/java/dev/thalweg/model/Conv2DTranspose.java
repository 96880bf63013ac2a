package dev.thalweg.model;

import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.Shape;

/**
 * Transposed convolution (Zeiler et al., CVPR 2010), which enlarges pictures: {@code [N, C, H, W]} to
 * {@code [N, filters, OH, OW]}, where a {@link Conv2D} of the same kernel, stride and padding would go back from OH ×
 * OW to H × W. Without padding {@code OH = (H − 1) stride + kernelSize}, with {@link Padding#SAME}
 * {@code OH = H · stride}. Parameters: {@code kernel [C, filters, kernelSize, kernelSize]} and {@code bias [filters]}.
 *
 * @param filters how many channels come out
 * @param kernelSize height and width in pixels
 * @param stride how far apart the kernel's places are
 * @param padding {@link Padding#VALID} or {@link Padding#SAME}
 * @param activation applied to the result
 */
public record Conv2DTranspose(int filters, int kernelSize, int stride, Padding padding, Activation activation)
        implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if a number is not at least 1
     * @throws IllegalArgumentException if padding or activation is not given, or padding is given in numbers
     */
    public Conv2DTranspose {
        Sizes.positive("Conv2DTranspose", "filters", filters);
        Sizes.positive("Conv2DTranspose", "kernelSize", kernelSize);
        Sizes.positive("Conv2DTranspose", "stride", stride);
        Sizes.given("Conv2DTranspose", "activation", activation);
        if (Sizes.given("Conv2DTranspose", "padding", padding).mode() == Padding.Mode.EXPLICIT) {
            throw new IllegalArgumentException("Conv2DTranspose: the padding must be VALID or SAME, got " + padding);
        }
    }

    /**
     * Without padding or activation.
     *
     * @param filters how many channels come out
     * @param kernelSize height and width in pixels
     * @param stride how far apart the kernel's places are
     */
    public Conv2DTranspose(int filters, int kernelSize, int stride) {
        this(filters, kernelSize, stride, Padding.VALID, Activation.LINEAR);
    }

    /**
     * {@return this layer with another padding}
     *
     * @param edges {@link Padding#VALID} or {@link Padding#SAME}
     */
    @CheckReturnValue
    public Conv2DTranspose padding(Padding edges) {
        return new Conv2DTranspose(filters, kernelSize, stride, edges, activation);
    }

    /**
     * {@return this layer with another activation}
     *
     * @param function applied to the result
     */
    @CheckReturnValue
    public Conv2DTranspose activation(Activation function) {
        return new Conv2DTranspose(filters, kernelSize, stride, padding, function);
    }

    private int enlarged(int size) {
        return Shape.extent(
                padding.mode() == Padding.Mode.SAME ? (long) size * stride : (size - 1L) * stride + kernelSize);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        Window dense =
                Sizes.over("Conv2DTranspose", input, Window.square(kernelSize).stride(stride), Padding.VALID);
        int channels = input.shape().dim(1);
        int height = enlarged(input.shape().dim(2));
        int width = enlarged(input.shape().dim(3));
        Window window = padding.resolve(dense, height, width);
        Value kernel =
                context.parameter("kernel", Initializer.GLOROT_UNIFORM, channels, filters, kernelSize, kernelSize);
        Value bias = context.parameter("bias", Initializer.ZEROS, filters);
        Value enlarged = context.builder()
                .apply(
                        new ConvolutionBackwardData(
                                window, 1, Shape.of(input.shape().dim(0), filters, height, width)),
                        input,
                        kernel);
        return activation.apply(
                context.builder(),
                context.builder().add(enlarged, context.builder().reshape(bias, Shape.of(1, filters, 1, 1))));
    }
}
