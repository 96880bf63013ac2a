package dev.thalweg.interop.onnx.writing;

import dev.thalweg.interop.onnx.OnnxTensor;
import java.util.List;

/** Known numbers in another order: what need not be left to whoever runs the graph. */
final class TensorMoves {
    private TensorMoves() {}

    /** Axes in another order. */
    static OnnxTensor transposed(OnnxTensor tensor, List<Integer> order) {
        long[] dims = order.stream().mapToLong(tensor.dims()::get).toArray();
        long[] strides = strides(tensor.dims());
        float[] from = tensor.floats();
        float[] to = new float[from.length];
        int[] place = new int[dims.length];
        int source = 0;
        for (int i = 0; i < to.length; i++) {
            to[i] = from[source];
            for (int axis = dims.length - 1; axis >= 0; axis--) {
                int stride = (int) strides[order.get(axis)];
                source += stride;
                if (++place[axis] < dims[axis]) {
                    break;
                }
                source -= stride * place[axis];
                place[axis] = 0;
            }
        }
        return OnnxGraphBuilder.tensor(to, dims);
    }

    private static long[] strides(List<Long> dims) {
        long[] strides = new long[dims.size()];
        long stride = 1;
        for (int axis = strides.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= dims.get(axis);
        }
        return strides;
    }

    /** A range along an axis. */
    static OnnxTensor sliced(OnnxTensor tensor, int axis, int from, int length) {
        long[] dims = dims(tensor);
        int inner = (int) strides(tensor.dims())[axis];
        int row = (int) dims[axis] * inner;
        float[] all = tensor.floats();
        dims[axis] = length;
        float[] part = new float[all.length / row * length * inner];
        for (int outer = 0; outer < all.length / row; outer++) {
            System.arraycopy(all, outer * row + from * inner, part, outer * length * inner, length * inner);
        }
        return OnnxGraphBuilder.tensor(part, dims);
    }

    /** One behind the other along an axis. */
    static OnnxTensor joined(List<OnnxTensor> tensors, int axis) {
        long[] dims = dims(tensors.getFirst());
        dims[axis] = tensors.stream().mapToLong(t -> t.dims().get(axis)).sum();
        int outers = 1;
        for (int i = 0; i < axis; i++) {
            outers *= (int) dims[i];
        }
        float[] all = new float[tensors.stream().mapToInt(OnnxTensor::elements).sum()];
        int row = all.length / outers;
        int begin = 0;
        for (OnnxTensor tensor : tensors) {
            float[] part = tensor.floats();
            int length = part.length / outers;
            for (int outer = 0; outer < outers; outer++) {
                System.arraycopy(part, outer * length, all, outer * row + begin, length);
            }
            begin += length;
        }
        return OnnxGraphBuilder.tensor(all, dims);
    }

    static long[] dims(OnnxTensor tensor) {
        return tensor.dims().stream().mapToLong(Long::longValue).toArray();
    }
}
