package dev.thalweg.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The extents of a tensor, outermost first; pictures are {@code [N, C, H, W]}. Every extent is at least 1, there are at
 * most 12 axes, as in oneDNN, and at most 2<sup>40</sup> elements: no size in bytes overflows a long.
 */
public final class Shape {
    private static final int MOST_AXES = 12;
    private static final long MOST_ELEMENTS = 1L << 40;
    /** What virtual machines allow. */
    private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final int[] dims;

    private Shape(int[] dims) {
        this.dims = dims;
    }

    /**
     * Makes a shape.
     *
     * @param dims the extents, each at least 1; none for a scalar
     * @return the shape
     * @throws ShapeException if an extent is below 1, there are more than 12, or the element count passes
     *         2<sup>40</sup>
     */
    public static Shape of(int... dims) {
        if (dims.length > MOST_AXES) {
            throw new ShapeException("a shape has at most " + MOST_AXES + " axes, got " + dims.length);
        }
        long elements = 1;
        for (int d : dims) {
            if (d < 1) {
                throw new ShapeException("a shape's extents must be at least 1, got " + Arrays.toString(dims));
            }
            if (elements > MOST_ELEMENTS / d) {
                throw new ShapeException(
                        "a shape of more than 2^40 elements cannot be held, got " + Arrays.toString(dims));
            }
            elements *= d;
        }
        return new Shape(dims.clone());
    }

    /**
     * {@return a computed extent as the number it must be in a shape}
     *
     * @param extent computed in longs, so that nothing overflowed
     * @throws ShapeException if it is below 1 or passes 2<sup>31</sup> − 1
     */
    public static int extent(long extent) {
        if (extent < 1 || extent > Integer.MAX_VALUE) {
            throw new ShapeException("a shape's extents must be from 1 to " + Integer.MAX_VALUE + ", got " + extent);
        }
        return (int) extent;
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
     * {@return the product of all extents, as the length of an array that holds the elements}
     *
     * @throws ShapeException if no array is so long
     */
    public int arrayLength() {
        long elements = elements();
        if (elements > LONGEST_ARRAY) {
            throw new ShapeException("the " + elements + " elements of " + this
                    + " do not fit one array, which holds at most " + LONGEST_ARRAY);
        }
        return (int) elements;
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
    @CheckReturnValue
    public Shape with(int axis, int extent) {
        int[] copy = dims.clone();
        copy[axis(axis)] = extent;
        return of(copy);
    }

    /**
     * {@return {@code [1, C, 1, ...]} for a shape {@code [N, C, ...]}: that of a number for each channel}
     *
     * @throws ShapeException if there is no second axis
     */
    @CheckReturnValue
    public Shape perChannel() {
        int channels = dim(1);
        int[] channel = new int[rank()];
        Arrays.fill(channel, 1);
        channel[1] = channels;
        return of(channel);
    }

    /**
     * {@return this shape without its first axis: the shape of one example of a batch}
     *
     * @throws ShapeException if there is none
     */
    @CheckReturnValue
    public Shape withoutBatch() {
        return of(Arrays.copyOfRange(dims, axis(0) + 1, dims.length));
    }

    /**
     * {@return this shape behind a new first axis: a batch of it}
     *
     * @param batch the number of examples
     */
    @CheckReturnValue
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
