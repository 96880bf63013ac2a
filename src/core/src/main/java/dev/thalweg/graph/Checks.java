package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.Counted;
import java.util.List;

/** The checks that operations share when they infer shapes. */
final class Checks {
    private Checks() {}

    static void count(String op, List<Value> inputs, int least, int most) {
        if (inputs.size() < least || inputs.size() > most) {
            throw new ShapeException(op + " takes " + (least == most ? "" : least + " to ") + Counted.of(most, "input")
                    + ", got " + inputs.size());
        }
    }

    static void rank(String op, String what, Shape shape, int rank) {
        if (shape.rank() != rank) {
            throw new ShapeException(op + " expects " + what + " of rank " + rank + (rank == 4 ? " [N, C, H, W]" : "")
                    + ", got " + shape);
        }
    }

    static void same(String op, String what, Shape got, Shape expected) {
        if (!got.equals(expected)) {
            throw new ShapeException(op + " expects " + what + " of shape " + expected + ", got " + got);
        }
    }

    /** A source {@code [N, C, ...]} and numbers for each channel. */
    static void perChannel(String op, List<Value> inputs, int count) {
        count(op, inputs, count, count);
        floats(op, inputs.subList(0, 1));
        float32(op, inputs.subList(1, count));
        Shape source = inputs.getFirst().shape();
        if (source.rank() < 2) {
            throw new ShapeException(op + " expects a source [N, C, ...], got " + source);
        }
        for (Value numbers : inputs.subList(1, count)) {
            same(op, "a number for each channel", numbers.shape(), Shape.of(source.dim(1)));
        }
    }

    /**
     * Inputs of a convolution, whatever their types: source, weights, numbers for each filter, and a summand if there
     * is one more.
     *
     * @return the extents of what it yields
     */
    static Shape convolution(String op, Window window, int groups, int numbers, List<Value> inputs) {
        Shape source = inputs.get(0).shape();
        Shape weights = inputs.get(1).shape();
        rank(op, "a source", source, 4);
        rank(op, "weights", weights, 4);
        int filters = weights.dim(0);
        if (groups < 1 || source.dim(1) % groups != 0 || filters % groups != 0) {
            throw new ShapeException(op + ": " + groups + " groups do not divide " + source.dim(1)
                    + " input channels and " + filters + " filters");
        }
        same(
                op,
                "weights [O, C / groups, KH, KW]",
                weights,
                Shape.of(filters, source.dim(1) / groups, window.kernelHeight(), window.kernelWidth()));
        for (Value each : inputs.subList(2, 2 + numbers)) {
            same(op, "a number for each filter", each.shape(), Shape.of(filters));
        }
        Shape result =
                Shape.of(source.dim(0), filters, window.outputHeight(source.dim(2)), window.outputWidth(source.dim(3)));
        if (inputs.size() > 2 + numbers) {
            same(op, "a summand", inputs.getLast().shape(), result);
        }
        return result;
    }

    /** Floats of one width. */
    static void floats(String op, List<Value> inputs) {
        DataType type = inputs.getFirst().type();
        for (Value input : inputs) {
            if (!input.type().isFloat() || input.type() != type) {
                throw new ShapeException(op + " computes in floats of one type, got " + input.type() + " " + input
                        + " beside " + type + ": cast it first");
            }
        }
    }

    static void type(String what, Value value, DataType wanted) {
        if (value.type() != wanted) {
            throw new ShapeException(what + " must be " + wanted + ", got " + value.type() + " " + value);
        }
    }

    static void float32(String op, List<Value> inputs) {
        for (Value input : inputs) {
            if (input.type() != DataType.FLOAT32) {
                throw new ShapeException(
                        op + " computes in FLOAT32, got " + input.type() + " " + input + ": cast it first");
            }
        }
    }
}
