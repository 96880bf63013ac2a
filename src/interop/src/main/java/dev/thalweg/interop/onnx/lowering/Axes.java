package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.tensor.ShapeException;
import java.util.List;

/** Axes that may count from the end. */
final class Axes {
    private Axes() {}

    /** From 0 on, in the order given. */
    static List<Integer> of(List<Long> axes, int rank) {
        List<Integer> counted =
                axes.stream().map(axis -> Extents.axis(axis, rank)).toList();
        if (counted.stream().distinct().count() != counted.size()) {
            throw new ShapeException("axes name each one once, got " + axes + " of a tensor of rank " + rank);
        }
        return counted;
    }
}
