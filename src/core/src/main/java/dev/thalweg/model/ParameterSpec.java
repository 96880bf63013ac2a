package dev.thalweg.model;

import dev.thalweg.tensor.Shape;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * A parameter of a network before it has values.
 *
 * @param name unique in the network, {@code conv2d.kernel}
 * @param shape the extents
 * @param initializer how it starts
 * @param trainable whether descent moves it; statistics of a normalization are kept otherwise
 */
public record ParameterSpec(String name, Shape shape, Initializer initializer, boolean trainable) {
    /** Checks that one array can hold the values. */
    public ParameterSpec {
        Objects.requireNonNull(initializer, "initializer");
        Objects.requireNonNull(name, "name");
        shape.arrayLength();
    }

    /** {@return first values, row-major} */
    float[] draw(SplittableRandom random) {
        float[] values = new float[shape.arrayLength()];
        initializer.fill(values, shape, random);
        return values;
    }
}
