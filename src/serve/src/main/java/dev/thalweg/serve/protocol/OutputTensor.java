package dev.thalweg.serve.protocol;

import java.util.List;
import java.util.Objects;

/**
 * A tensor of floats that is the answer.
 *
 * @param name of the output
 * @param shape {@code [N, ...]}
 * @param rows of each example, row-major
 * @param binary whether it is sent as bytes
 */
public record OutputTensor(String name, List<Integer> shape, List<float[]> rows, boolean binary) {
    /** Copies the lists. */
    public OutputTensor {
        Objects.requireNonNull(name, "name");
        shape = List.copyOf(shape);
        rows = List.copyOf(rows);
    }
}
