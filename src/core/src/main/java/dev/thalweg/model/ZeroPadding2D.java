package dev.thalweg.model;

import dev.thalweg.graph.Value;

/**
 * Rows and columns of zeros around pictures: {@code [N, C, H, W]} to
 * {@code [N, C, top + H + bottom, left + W + right]}.
 *
 * @param top rows above
 * @param bottom rows below
 * @param left columns on the left
 * @param right columns on the right
 */
public record ZeroPadding2D(int top, int bottom, int left, int right) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if a number is below 0
     */
    public ZeroPadding2D {
        Sizes.notNegative("ZeroPadding2D", "top", top);
        Sizes.notNegative("ZeroPadding2D", "bottom", bottom);
        Sizes.notNegative("ZeroPadding2D", "left", left);
        Sizes.notNegative("ZeroPadding2D", "right", right);
    }

    /**
     * The same amount on every side.
     *
     * @param amount rows and columns
     */
    public ZeroPadding2D(int amount) {
        this(amount, amount, amount, amount);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        Sizes.channels("ZeroPadding2D", input);
        return context.builder().pad(context.builder().pad(input, 2, top, bottom), 3, left, right);
    }
}
