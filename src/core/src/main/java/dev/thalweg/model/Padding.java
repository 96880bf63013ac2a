package dev.thalweg.model;

import dev.thalweg.graph.Window;
import dev.thalweg.tensor.ShapeException;

/**
 * How far a sliding window reaches over the edges of a picture.
 *
 * @param mode whether the amounts are given or follow from the picture's size
 * @param top rows of padding above, for {@link Mode#EXPLICIT}
 * @param bottom rows of padding below
 * @param left columns of padding on the left
 * @param right columns of padding on the right
 */
public record Padding(Mode mode, int top, int bottom, int left, int right) {
    /** Where the amounts come from. */
    public enum Mode {
        /**
         * As many as it takes for {@code out = ceil(in / stride)}; an odd one goes to the bottom and right, as in
         * Keras.
         */
        SAME,
        /** None. */
        VALID,
        /** As given. */
        EXPLICIT
    }

    /** No padding: the window stays inside. */
    public static final Padding VALID = new Padding(Mode.VALID, 0, 0, 0, 0);

    /** As much padding as keeps {@code out = ceil(in / stride)}. */
    public static final Padding SAME = new Padding(Mode.SAME, 0, 0, 0, 0);

    /** Checks that there is a mode, and the amounts. */
    public Padding {
        if (mode == null) {
            throw new IllegalArgumentException("a padding needs a mode, got null");
        }
        if (top < 0 || bottom < 0 || left < 0 || right < 0) {
            throw new ShapeException("padding must not be negative, got top " + top + ", bottom " + bottom + ", left "
                    + left + ", right " + right);
        }
    }

    /**
     * The same amount on every side.
     *
     * @param amount rows and columns
     * @return the padding
     */
    public static Padding of(int amount) {
        return of(amount, amount, amount, amount);
    }

    /**
     * Amounts for each side.
     *
     * @param top rows above
     * @param bottom rows below
     * @param left columns on the left
     * @param right columns on the right
     * @return the padding
     */
    public static Padding of(int top, int bottom, int left, int right) {
        return new Padding(Mode.EXPLICIT, top, bottom, left, right);
    }

    /**
     * Resolves the amounts for pictures of a size.
     *
     * @param window what slides over them
     * @param height the pictures' height in pixels
     * @param width the pictures' width in pixels
     * @return the window with this padding's amounts
     */
    public Window resolve(Window window, int height, int width) {
        return switch (mode) {
            case VALID -> window.padding(0, 0, 0, 0);
            case EXPLICIT -> window.padding(top, bottom, left, right);
            case SAME -> {
                int vertical = same(height, window.extentHeight(), window.strideHeight());
                int horizontal = same(width, window.extentWidth(), window.strideWidth());
                yield window.padding(
                        vertical / 2, vertical - vertical / 2, horizontal / 2, horizontal - horizontal / 2);
            }
        };
    }

    /** Less than the window's extent, so that an int holds it. */
    private static int same(int size, int extent, int stride) {
        long out = Math.ceilDiv((long) size, stride);
        return (int) Math.max((out - 1) * stride + extent - size, 0);
    }
}
