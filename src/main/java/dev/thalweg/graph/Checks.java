package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.List;

/** The checks that operations share when they infer shapes. */
final class Checks {
    private Checks() {
    }

    static void count(String op, List<Value> inputs, int least, int most) {
        if (inputs.size() < least || inputs.size() > most) {
            throw new ShapeException(op + " takes " + (least == most ? least : least + " to " + most) + " inputs, got " + inputs.size());
        }
    }

    static void rank(String op, String what, Shape shape, int rank) {
        if (shape.rank() != rank) {
            throw new ShapeException(op + " expects " + what + " of rank " + rank + (rank == 4 ? " [N, C, H, W]" : "") + ", got " + shape);
        }
    }

    static void same(String op, String what, Shape got, Shape expected) {
        if (!got.equals(expected)) {
            throw new ShapeException(op + " expects " + what + " of shape " + expected + ", got " + got);
        }
    }

    static void float32(String op, List<Value> inputs) {
        for (Value input : inputs) {
            if (input.type() != DataType.FLOAT32) {
                throw new ShapeException(op + " computes in FLOAT32, got " + input.type() + " " + input + ": cast it first");
            }
        }
    }
}
