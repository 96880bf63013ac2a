package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Extents of tensors as ONNX knows them, which may be none or 0. */
final class Extents {
    /** What is computed on the host is no larger, so that a small file cannot ask for all memory. */
    private static final int MOST_ON_HOST = 1 << 24;

    private Extents() {}

    /** How many elements a tensor or table on the host gets, refused where they are too many. */
    static int onHost(long elements) {
        if (elements < 0 || elements > MOST_ON_HOST) {
            throw new ShapeException("needs " + elements + " elements before the graph runs, at most " + MOST_ON_HOST
                    + " are computed there");
        }
        return (int) elements;
    }

    static List<Integer> of(Shape shape) {
        return Arrays.stream(shape.toArray()).boxed().toList();
    }

    static List<Integer> of(long[] extents) {
        return Arrays.stream(extents).mapToObj(Extents::checked).toList();
    }

    static List<Integer> narrowed(List<Long> extents) {
        return extents.stream().map(Extents::checked).toList();
    }

    static int checked(long extent) {
        if (extent < 0 || extent > Integer.MAX_VALUE) {
            throw new ShapeException("extents must be from 0 to " + Integer.MAX_VALUE + ", got " + extent);
        }
        return (int) extent;
    }

    /** The extents in the graph, where a scalar has one. */
    static Shape shape(List<Integer> dims) {
        return dims.isEmpty()
                ? Shape.of(1)
                : Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
    }

    static int elements(List<Integer> dims) {
        return dims.contains(0) ? 0 : shape(dims).arrayLength();
    }

    /** From 0 on, of an axis that may count from the end. */
    static int axis(long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            throw new ShapeException("no axis " + axis + " of a tensor of rank " + rank);
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }

    static List<Integer> with(List<Integer> dims, int axis, int extent) {
        List<Integer> changed = new ArrayList<>(dims);
        changed.set(axis, extent);
        return List.copyOf(changed);
    }

    /** The extents behind ones, so that there are this many. */
    static List<Integer> aligned(List<Integer> dims, int rank) {
        List<Integer> longer = new ArrayList<>(Collections.nCopies(Math.max(0, rank - dims.size()), 1));
        longer.addAll(dims);
        return List.copyOf(longer);
    }

    /** What both are repeated to. */
    static List<Integer> broadcast(List<Integer> first, List<Integer> second) {
        int rank = Math.max(first.size(), second.size());
        List<Integer> a = aligned(first, rank);
        List<Integer> b = aligned(second, rank);
        List<Integer> common = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            if (!a.get(i).equals(b.get(i)) && a.get(i) != 1 && b.get(i) != 1) {
                throw new ShapeException("extents " + first + " and " + second + " do not broadcast");
            }
            common.add(a.get(i) == 1 ? b.get(i) : a.get(i));
        }
        return List.copyOf(common);
    }

    /** How many elements lie between neighbours along each axis. */
    static int[] strides(List<Integer> dims) {
        int[] strides = new int[dims.size()];
        int step = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = step;
            step = Math.multiplyExact(step, Math.max(1, dims.get(i)));
        }
        return strides;
    }

    static int product(List<Integer> dims) {
        return dims.stream().reduce(1, Math::multiplyExact);
    }
}
