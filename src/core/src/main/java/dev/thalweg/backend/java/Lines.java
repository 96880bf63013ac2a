package dev.thalweg.backend.java;

import dev.thalweg.tensor.Shape;

/** The one-dimensional lines of a tensor along an axis: where each begins, and how far its elements lie apart. */
record Lines(int count, int length, int step) {
    static Lines along(Shape shape, int axis) {
        int inner = 1;
        for (int i = axis + 1; i < shape.rank(); i++) {
            inner *= shape.dim(i);
        }
        return new Lines(Shape.extent(shape.elements() / shape.dim(axis)), shape.dim(axis), inner);
    }

    private long start(int line) {
        return (long) (line / step) * length * step + line % step;
    }

    void load(Floats from, int line, float[] to) {
        if (step == 1) {
            from.load(start(line), to, length);
            return;
        }
        for (int i = 0; i < length; i++) {
            to[i] = from.get(start(line) + (long) i * step);
        }
    }

    void store(float[] from, Floats to, int line) {
        if (step == 1) {
            to.store(from, start(line), length);
            return;
        }
        for (int i = 0; i < length; i++) {
            to.set(start(line) + (long) i * step, from[i]);
        }
    }
}
