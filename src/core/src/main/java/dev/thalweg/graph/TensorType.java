package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.Objects;

/**
 * What is known of a value before it is computed.
 *
 * @param shape the extents
 * @param type the elements' type
 */
public record TensorType(Shape shape, DataType type) {
    /** Refuses null. */
    public TensorType {
        Objects.requireNonNull(shape, "shape");
        Objects.requireNonNull(type, "type");
    }

    /** The type of a value that there is. */
    static TensorType of(Value value) {
        return new TensorType(value.shape(), value.type());
    }

    static TensorType float32(Shape shape) {
        return new TensorType(shape, DataType.FLOAT32);
    }
}
