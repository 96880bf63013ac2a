package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Extents in which a file has its own batch baked, for another one.
 *
 * @param dims as the file has them
 * @param axis which of them grows
 * @param perExample by how much it does with each example
 */
record GrowingExtents(List<Integer> dims, int axis, int perExample) {
    /** The extents as an operator takes them, in a batch. */
    OnnxTensor tensor(int batch) {
        ByteBuffer data = ByteBuffer.allocate(Long.BYTES * dims.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < dims.size(); i++) {
            data.putLong(i == axis ? Math.multiplyExact((long) perExample, batch) : dims.get(i));
        }
        return new OnnxTensor(
                ElementType.INT64, List.of((long) dims.size()), data.flip().order(ByteOrder.LITTLE_ENDIAN));
    }
}
