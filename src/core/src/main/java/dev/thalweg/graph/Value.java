package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.Objects;

/**
 * One tensor of a graph: an input, a parameter or what an operation yields.
 *
 * @param id its place in the graph's list of values; unique in one graph
 * @param name for people; parameters of the same name are the same parameter in every graph of a model
 * @param shape the extents
 * @param type the elements' type
 */
public record Value(int id, String name, Shape shape, DataType type) {
    /** Refuses null. */
    public Value {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(shape, "shape");
        Objects.requireNonNull(type, "type");
    }

    /** {@return name and shape, {@code conv2d.kernel [32, 3, 3, 3]}} */
    @Override
    public String toString() {
        return name + " " + shape;
    }
}
