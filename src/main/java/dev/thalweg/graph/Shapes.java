package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.Arrays;

/** Shapes that rules need. */
final class Shapes {
    private Shapes() {
    }

    /** {@code [1, C, 1, ...]} for a tensor {@code [N, C, ...]}. */
    static Shape perChannel(Shape tensor) {
        int[] dims = new int[tensor.rank()];
        Arrays.fill(dims, 1);
        dims[1] = tensor.dim(1);
        return Shape.of(dims);
    }
}
