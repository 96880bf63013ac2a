package dev.thalweg.serve.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A tensor that somebody sent.
 *
 * @param name of the input
 * @param type of its elements
 * @param shape {@code [N, ...]}, as many elements as there are
 * @param elements row-major, in the machine's order of bytes
 */
public record InputTensor(String name, TensorType type, List<Long> shape, ByteBuffer elements) {
    /** Copies the shape. */
    public InputTensor {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(elements, "elements");
        shape = List.copyOf(shape);
    }

    /**
     * {@return the examples, each of so many bytes}
     *
     * @param length of one, row-major
     */
    public List<byte[]> byteRows(int length) {
        List<byte[]> rows = new ArrayList<>();
        for (int from = 0; from < elements.limit(); from += length) {
            byte[] row = new byte[length];
            elements.get(from, row);
            rows.add(row);
        }
        return rows;
    }

    /**
     * {@return the examples, each of so many floats}
     *
     * @param length of one, row-major
     */
    public List<float[]> floatRows(int length) {
        FloatBuffer floats = elements.duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < floats.limit(); from += length) {
            float[] row = new float[length];
            floats.get(from, row);
            rows.add(row);
        }
        return rows;
    }
}
