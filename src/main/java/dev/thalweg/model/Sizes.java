package dev.thalweg.model;

import dev.thalweg.graph.Padding;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The checks and windows that layers share. */
final class Sizes {
    private Sizes() {
    }

    static int positive(String layer, String what, int value) {
        if (value < 1) {
            throw new ShapeException(layer + ": " + what + " must be at least 1, got " + value);
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

    /** {@code [1, C, 1, ...]} for a tensor {@code [N, C, ...]}. */
    static Shape perChannel(Shape tensor) {
        int[] dims = new int[tensor.rank()];
        Arrays.fill(dims, 1);
        dims[1] = tensor.dim(1);
        return Shape.of(dims);
    }

    /** Zeros before and after a tensor along an axis. */
    static Value padded(LayerContext context, Value input, int axis, int before, int after) {
        List<Value> parts = new ArrayList<>();
        for (int amount : new int[] {before, after}) {
            if (amount < 0) {
                throw new ShapeException("padding must not be negative, got " + before + " and " + after);
            }
        }
        if (before > 0) {
            parts.add(context.builder().constant(0, input.shape().with(axis, before)));
        }
        parts.add(input);
        if (after > 0) {
            parts.add(context.builder().constant(0, input.shape().with(axis, after)));
        }
        return context.builder().concat(axis, parts);
    }

    /** A window over a picture, or an error that says what kind of input the layer needs. */
    static Window over(String layer, Value input, Window window, Padding padding) {
        if (input.shape().rank() != 4) {
            throw new ShapeException(layer + " needs pictures [N, C, H, W], got " + input.shape()
                    + ": put it before Flatten and Dense, or reshape its input");
        }
        return window.padding(padding, input.shape().dim(2), input.shape().dim(3));
    }
}
