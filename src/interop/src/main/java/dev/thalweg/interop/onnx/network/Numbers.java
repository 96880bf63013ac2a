package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.text.PrintableText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * A tensor that is known, as model files hold it. Whole numbers may grow with the batch, as extents do.
 *
 * @param type of the elements
 * @param dims the extents; none for a scalar
 * @param wholes the elements of whole numbers, without examples
 * @param slopes by how much each of them grows with an example; empty if none does
 * @param reals the elements of floating-point numbers; all are finite
 */
public record Numbers(ElementType type, List<Long> dims, List<Long> wholes, List<Long> slopes, List<Float> reals) {
    /** Copies the lists, and checks that there are as many as the extents say. */
    public Numbers {
        Objects.requireNonNull(type, "type");
        dims = List.copyOf(dims);
        wholes = List.copyOf(wholes);
        slopes = List.copyOf(slopes);
        reals = List.copyOf(reals);
        long elements = dims.stream().reduce(1L, Math::multiplyExact);
        int given = type.isFloating() ? reals.size() : wholes.size();
        if (given != elements || !slopes.isEmpty() && slopes.size() != wholes.size()) {
            throw new IllegalArgumentException(
                    "expected " + elements + " numbers for extents " + dims + ", got " + given);
        }
    }

    /**
     * {@return a tensor's numbers}
     *
     * @param name for messages
     * @param tensor of a file
     * @throws IllegalArgumentException if one is NaN
     */
    static Numbers of(String name, OnnxTensor tensor) {
        if (tensor.type().isFloating()) {
            List<Float> reals = new ArrayList<>();
            for (float value : tensor.floats()) {
                reals.add(finite(name, value));
            }
            return new Numbers(ElementType.FLOAT, tensor.dims(), List.of(), List.of(), reals);
        }
        List<Long> wholes = new ArrayList<>();
        for (long value : tensor.wholes()) {
            wholes.add(value);
        }
        return new Numbers(tensor.type(), tensor.dims(), wholes, List.of(), List.of());
    }

    static Numbers of(Fact.Counted counted) {
        return new Numbers(counted.small().type(), counted.small().dims(), counted.base(), counted.slope(), List.of());
    }

    /**
     * {@return a number as files of this library hold it: what masks hide by infinity, the greatest float hides too}
     *
     * @param name of what holds it, for messages
     * @param value as an ONNX file has it
     * @throws IllegalArgumentException if it is NaN, which no model computes with
     */
    static float finite(String name, float value) {
        if (Float.isNaN(value)) {
            throw new IllegalArgumentException("tensor " + PrintableText.excerpt(name)
                    + " holds NaN, which is no number: the model is broken, export it again from a sound one");
        }
        return Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    /**
     * {@return the tensor}
     *
     * @param examples how many
     */
    OnnxTensor tensor(int examples) {
        int elements = Math.max(wholes.size(), reals.size());
        ByteBuffer data =
                ByteBuffer.allocate(Math.multiplyExact(elements, type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : type.isFloating() ? reals : Collections.<Float>emptyList()) {
            data.putFloat(value);
        }
        for (int i = 0; i < wholes.size(); i++) {
            long value = wholes.get(i) + (slopes.isEmpty() ? 0 : Math.multiplyExact(slopes.get(i), examples));
            switch (type.bytes()) {
                case Byte.BYTES -> data.put((byte) value);
                case Short.BYTES -> data.putShort((short) value);
                case Integer.BYTES -> data.putInt((int) value);
                default -> data.putLong(value);
            }
        }
        return new OnnxTensor(type, dims, data.flip().order(ByteOrder.LITTLE_ENDIAN));
    }
}
