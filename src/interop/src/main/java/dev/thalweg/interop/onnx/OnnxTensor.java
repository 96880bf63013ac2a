package dev.thalweg.interop.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A constant of a graph.
 *
 * @param type of its elements
 * @param dims the extents; none for a scalar; one may be 0
 * @param data the elements, row-major, little-endian
 */
public record OnnxTensor(ElementType type, List<Long> dims, ByteBuffer data) {
    /** {@return how many elements there are} */
    public int elements() {
        return data.remaining() / type.bytes();
    }

    /** {@return the elements as single precision, rounded where they are longer} */
    public float[] floats() {
        ByteBuffer from = bytes();
        float[] values = new float[elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case FLOAT -> from.getFloat();
                case DOUBLE -> (float) from.getDouble();
                case FLOAT16 -> Float.float16ToFloat(from.getShort());
                case BFLOAT16 -> Float.intBitsToFloat(from.getShort() << Short.SIZE);
                default -> whole(from);
            };
        }
        return values;
    }

    /** {@return the elements as whole numbers, cut towards 0 where they have fractions} */
    public long[] wholes() {
        if (type.isFloating()) {
            float[] values = floats();
            long[] cut = new long[values.length];
            for (int i = 0; i < cut.length; i++) {
                cut[i] = (long) values[i];
            }
            return cut;
        }
        ByteBuffer from = bytes();
        long[] values = new long[elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = whole(from);
        }
        return values;
    }

    private long whole(ByteBuffer from) {
        return switch (type) {
            case INT64, UINT64 -> from.getLong();
            case INT32 -> from.getInt();
            case UINT32 -> Integer.toUnsignedLong(from.getInt());
            case INT16 -> from.getShort();
            case UINT16 -> Short.toUnsignedLong(from.getShort());
            case INT8 -> from.get();
            case UINT8, BOOL -> Byte.toUnsignedLong(from.get());
            case FLOAT, FLOAT16, DOUBLE, BFLOAT16 -> throw new IllegalStateException(type + " is no whole number");
        };
    }

    private ByteBuffer bytes() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }
}
