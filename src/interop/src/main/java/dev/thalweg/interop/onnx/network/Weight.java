package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.OnnxTensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Numbers of the file that a network learns or keeps. They are read when they are asked for: they may be many.
 *
 * @param origin the name in the file: layers that take the same ones share them
 * @param tensor the numbers as they stand there
 * @param order for each axis, which of the tensor's it is
 * @param dims the extents as the network has them
 */
record Weight(String origin, OnnxTensor tensor, List<Integer> order, List<Integer> dims) {
    static Weight of(String origin, OnnxTensor tensor) {
        return new Weight(
                origin,
                tensor,
                IntStream.range(0, tensor.dims().size()).boxed().toList(),
                tensor.dims().stream().map(Math::toIntExact).toList());
    }

    int rank() {
        return dims.size();
    }

    int dim(int axis) {
        return dims.get(axis);
    }

    int elements() {
        return tensor.elements();
    }

    /** Its axes in another order: for each of the result, which one it is. */
    Weight transposed(List<Integer> axes) {
        return new Weight(
                origin,
                tensor,
                axes.stream().map(order::get).toList(),
                axes.stream().map(dims::get).toList());
    }

    /** A matrix with rows for columns. */
    Weight transposed() {
        return transposed(List.of(1, 0));
    }

    /**
     * {@return the numbers, row-major; what is infinite is the greatest float, so that files can hold it}
     *
     * @throws IllegalArgumentException if one is NaN
     */
    float[] values() {
        float[] from = tensor.floats();
        float[] values = new float[from.length];
        int rank = order.size();
        int[] strides = new int[rank];
        for (int axis = 0; axis < rank; axis++) {
            int step = 1;
            for (int inner = order.get(axis) + 1; inner < rank; inner++) {
                step *= Math.toIntExact(tensor.dims().get(inner));
            }
            strides[axis] = step;
        }
        int[] at = new int[rank];
        int place = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = Numbers.finite(origin, from[place]);
            for (int axis = rank - 1; axis >= 0; axis--) {
                place += strides[axis];
                if (++at[axis] < tensor.dims().get(order.get(axis))) {
                    break;
                }
                place -= strides[axis] * at[axis];
                at[axis] = 0;
            }
        }
        return values;
    }

    /** Whether one axis at most is longer than 1. */
    boolean isRow() {
        return dims.stream().filter(extent -> extent != 1).count() <= 1;
    }
}
