package dev.thalweg.memory;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.MemoryLimitException;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A dense, row-major array off the heap. It owns its memory: close it to free it; use after closing throws
 * {@link IllegalStateException}.
 */
public final class Tensor implements AutoCloseable {
    private final DataType type;
    private final Shape shape;
    private final MemoryOwner owner;
    private final MemorySegment segment;

    private Tensor(DataType type, Shape shape) {
        this.type = Objects.requireNonNull(type);
        this.shape = Objects.requireNonNull(shape);
        this.owner = MemoryOwner.named("tensor " + shape);
        this.segment = owner.allocate(shape.elements() * type.bytes());
    }

    /**
     * Allocates a tensor of zeros.
     *
     * @param type the elements' type
     * @param shape the extents
     * @return the tensor
     * @throws MemoryLimitException if it is more than this process may hold
     */
    public static Tensor zeros(DataType type, Shape shape) {
        return new Tensor(type, shape);
    }

    /**
     * Copies floats into a new {@link DataType#FLOAT32} tensor.
     *
     * @param shape the extents
     * @param values row-major, as many as the shape has elements
     * @return the tensor
     * @throws ShapeException if the counts differ
     * @throws MemoryLimitException if it is more than this process may hold
     */
    public static Tensor of(Shape shape, float... values) {
        if (values.length != shape.elements()) {
            throw new ShapeException(
                    "a tensor of shape " + shape + " takes " + shape.elements() + " values, got " + values.length);
        }
        Tensor tensor = new Tensor(DataType.FLOAT32, shape);
        MemorySegment.copy(values, 0, tensor.segment, ValueLayout.JAVA_FLOAT, 0, values.length);
        return tensor;
    }

    /**
     * {@return the elements' type}
     */
    public DataType type() {
        return type;
    }

    /**
     * {@return the extents}
     */
    public Shape shape() {
        return shape;
    }

    /**
     * {@return the memory, row-major, without gaps; access after {@link #close()} throws}
     */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * {@return a copy of the elements, row-major}
     *
     * @throws ShapeException if the type is not {@link DataType#FLOAT32}
     */
    public float[] toFloats() {
        if (type != DataType.FLOAT32) {
            throw new ShapeException("expected a FLOAT32 tensor, got " + type + " " + shape);
        }
        return segment.toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public void close() {
        owner.close();
    }

    /** {@return type and shape, {@code FLOAT32 [10, 5]}} */
    @Override
    public String toString() {
        return type + " " + shape;
    }
}
