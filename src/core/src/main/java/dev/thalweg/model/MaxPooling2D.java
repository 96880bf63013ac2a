package dev.thalweg.model;

import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.CheckReturnValue;

/**
 * The greatest pixel of each window: {@code [N, C, H, W]} to {@code [N, C, OH, OW]}.
 *
 * @param poolSize the window's height and width in pixels
 * @param stride by how many pixels it moves
 * @param padding what happens at the edges
 */
public record MaxPooling2D(int poolSize, int stride, Padding padding) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if a number is not at least 1
     * @throws IllegalArgumentException if no padding is given
     */
    public MaxPooling2D {
        Sizes.positive("MaxPooling2D", "poolSize", poolSize);
        Sizes.positive("MaxPooling2D", "stride", stride);
        Sizes.given("MaxPooling2D", "padding", padding);
    }

    /**
     * Windows side by side.
     *
     * @param poolSize height and width in pixels
     */
    public MaxPooling2D(int poolSize) {
        this(poolSize, poolSize, Padding.VALID);
    }

    /**
     * {@return this layer with another stride}
     *
     * @param pixels at least 1
     */
    @CheckReturnValue
    public MaxPooling2D stride(int pixels) {
        return new MaxPooling2D(poolSize, pixels, padding);
    }

    /**
     * {@return this layer with another padding}
     *
     * @param edges what happens at the edges
     */
    @CheckReturnValue
    public MaxPooling2D padding(Padding edges) {
        return new MaxPooling2D(poolSize, stride, edges);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        Window window =
                Sizes.over("MaxPooling2D", input, Window.square(poolSize).stride(stride), padding);
        return context.builder().pooling(Pooling.Kind.MAX, input, window);
    }
}
