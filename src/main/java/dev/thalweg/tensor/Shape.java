package dev.thalweg.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The extents of a tensor, outermost first; pictures are {@code [N, C, H, W]}. Every extent is at least 1.
 */
public final class Shape {
    private final int[] dims;

    private Shape(int[] dims) {
        this.dims = dims;
    }

    /**
     * Makes a shape.
     *
     * @param dims the extents, each at least 1; none for a scalar
     * @return the shape
     * @throws ShapeException if an extent is below 1 or the element count passes 2<sup>40</sup>
     */
    public static Shape of(int... dims) {
        long elements = 1;
        for (int d : dims) {
            if (d < 1) {
                throw new ShapeException("a shape's extents must be at least 1, got " + Arrays.toString(dims));
            }
            elements *= d;
            if (elements > 1L << 40) {
                throw new ShapeException("a shape of more than 2^40 elements cannot be held, got " + Arrays.toString(dims));
            }
        }
        return new Shape(dims.clone());
    }

    /**
     * {@return the number of axes}
     */
    public int rank() {
        return dims.length;
    }

    /**
     * {@return the extent of one axis}
     *
     * @param axis from 0; a negative axis counts from the end
     * @throws ShapeException if there is no such axis
     */
    public int dim(int axis) {
        return dims[axis(axis)];
    }

    /**
     * Resolves an axis that may count from the end.
     *
     * @param axis from {@code -rank} to {@code rank - 1}
     * @return the axis, counted from 0
     * @throws ShapeException if there is no such axis
     */
    public int axis(int axis) {
        int resolved = axis < 0 ? axis + dims.length : axis;
        if (resolved < 0 || resolved >= dims.length) {
            throw new ShapeException("no axis " + axis + " in a shape of rank " + dims.length + " " + this);
        }
        return resolved;
    }

    /**
     * {@return the product of all extents}
     */
    public long elements() {
        long n = 1;
        for (int d : dims) {
            n *= d;
        }
        return n;
    }

    /**
     * {@return a copy of the extents}
     */
    public int[] toArray() {
        return dims.clone();
    }

    /**
     * {@return this shape with one extent replaced}
     *
     * @param axis the axis; negative counts from the end
     * @param extent the new extent
     */
    public Shape with(int axis, int extent) {
        int[] copy = dims.clone();
        copy[axis(axis)] = extent;
        return of(copy);
    }

    /**
     * {@return {@code [1, C, 1, ...]} for a shape {@code [N, C, ...]}: that of a number for each channel}
     */
    public Shape perChannel() {
        int[] channel = new int[rank()];
        Arrays.fill(channel, 1);
        channel[1] = dim(1);
        return of(channel);
    }

    /**
     * {@return this shape without its first axis: the shape of one example of a batch}
     */
    public Shape withoutBatch() {
        return of(Arrays.copyOfRange(dims, 1, dims.length));
    }

    /**
     * {@return this shape behind a new first axis: a batch of it}
     *
     * @param batch the number of examples
     */
    public Shape batched(int batch) {
        int[] copy = new int[dims.length + 1];
        copy[0] = batch;
        System.arraycopy(dims, 0, copy, 1, dims.length);
        return of(copy);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(dims, that.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** {@return the extents as text, {@code [32, 3, 32, 32]}} */
    @Override
    public String toString() {
        return Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
