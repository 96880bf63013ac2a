package dev.thalweg.model;

import dev.thalweg.tensor.Shape;

/**
 * A parameter of a network before it has values.
 *
 * @param name unique in the network, {@code conv2d.kernel}
 * @param shape the extents
 * @param initializer how it starts
 */
public record ParameterSpec(String name, Shape shape, Initializer initializer) {
}
