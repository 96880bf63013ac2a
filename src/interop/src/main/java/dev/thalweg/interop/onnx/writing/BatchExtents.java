package dev.thalweg.interop.onnx.writing;

import dev.thalweg.interop.onnx.OnnxValue;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * The extents of a tensor in a graph for batches of any size.
 *
 * @param dims outermost first
 */
record BatchExtents(List<Extent> dims) {
    /**
     * One extent.
     *
     * @param count how long the axis is, or, where it grows with the batch, for each example
     * @param ofBatch whether it grows with the batch
     */
    record Extent(long count, boolean ofBatch) {
        /** Whether it is 1, and thus repeated where another operand has more. */
        boolean isOne() {
            return count == 1 && !ofBatch;
        }

        long open() {
            return ofBatch ? OnnxValue.OPEN : count;
        }
    }

    static final Extent ONE = new Extent(1, false);

    /** Copies the list. */
    BatchExtents {
        dims = List.copyOf(dims);
    }

    static BatchExtents of(long... dims) {
        return new BatchExtents(
                Arrays.stream(dims).mapToObj(d -> new Extent(d, false)).toList());
    }

    static BatchExtents of(Shape shape) {
        return of(Arrays.stream(shape.toArray()).asLongStream().toArray());
    }

    /**
     * {@return what two shapes, which differ by the size of the batch alone, have in common; empty if they are neither
     * equal nor grow with it}
     */
    static Optional<BatchExtents> of(Shape small, int smallBatch, Shape large, int largeBatch) {
        if (small.rank() != large.rank()) {
            return Optional.empty();
        }
        List<Extent> dims = new ArrayList<>();
        for (int i = 0; i < small.rank(); i++) {
            long a = small.dim(i);
            long b = large.dim(i);
            if (a == b) {
                dims.add(new Extent(a, false));
            } else if (a % smallBatch == 0 && a / smallBatch * largeBatch == b) {
                dims.add(new Extent(a / smallBatch, true));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(new BatchExtents(dims));
    }

    int rank() {
        return dims.size();
    }

    /** One of them; negative counts from the end. */
    Extent dim(int axis) {
        return dims.get(axis < 0 ? axis + rank() : axis);
    }

    BatchExtents with(int axis, Extent extent) {
        List<Extent> copy = new ArrayList<>(dims);
        copy.set(axis < 0 ? axis + rank() : axis, extent);
        return new BatchExtents(copy);
    }

    BatchExtents with(int axis, long count) {
        return with(axis, new Extent(count, false));
    }

    BatchExtents permuted(List<Integer> order) {
        return new BatchExtents(order.stream().map(dims::get).toList());
    }

    /** How many of them grow with the batch. */
    long growing() {
        return dims.stream().filter(Extent::ofBatch).count();
    }

    /** Those that grow as −1. */
    long[] open() {
        return dims.stream().mapToLong(Extent::open).toArray();
    }

    /** How many elements there are, or for each example where one extent grows with the batch. */
    long count() {
        return LongStream.range(0, rank()).map(i -> dims.get((int) i).count()).reduce(1, Math::multiplyExact);
    }
}
