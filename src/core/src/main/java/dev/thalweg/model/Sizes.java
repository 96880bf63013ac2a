package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.ShapeException;
import org.jspecify.annotations.Nullable;

/** The checks and windows that layers share. */
final class Sizes {
    private Sizes() {}

    static int positive(String layer, String what, int value) {
        if (value < 1) {
            throw new ShapeException(layer + ": " + what + " must be at least 1, got " + value);
        }
        return value;
    }

    static int notNegative(String layer, String what, int value) {
        if (value < 0) {
            throw new ShapeException(layer + ": " + what + " must not be negative, got " + value);
        }
        return value;
    }

    /** What must not be null. */
    static <T> T given(String layer, String what, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(layer + ": " + what + " must be given, got null");
        }
        return value;
    }

    /** What is added to variances, as the float it is computed with. */
    static double epsilon(String layer, double value) {
        float single = (float) value;
        if (!(single > 0) || Float.isInfinite(single)) {
            throw new IllegalArgumentException(
                    layer + ": epsilon must be greater than 0 and finite, as a float too, got " + value);
        }
        return value;
    }

    /** How many channels there are, or an error that says what kind of input the layer needs. */
    static int channels(String layer, Value input) {
        if (input.shape().rank() < 2) {
            throw new ShapeException(layer + " needs channels [N, C, ...], got " + input.shape());
        }
        return input.shape().dim(1);
    }

    /** A window over a picture, or an error that says what kind of input the layer needs. */
    static Window over(String layer, Value input, Window window, Padding padding) {
        if (input.shape().rank() != 4) {
            throw new ShapeException(layer + " needs pictures [N, C, H, W], got " + input.shape()
                    + ": put it before Flatten and Dense, or reshape its input");
        }
        return padding.resolve(window, input.shape().dim(2), input.shape().dim(3));
    }
}
