package dev.thalweg.backend.java;

import dev.thalweg.graph.Quantization;
import dev.thalweg.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A tensor of bytes off the heap, each of which stands for {@code (q − zeroPoint) · scale}; what is stored is rounded
 * to the nearest that the type holds, of two equally near ones to the even one.
 *
 * @param type {@link DataType#UINT8} or {@link DataType#INT8}
 */
record Bytes(MemorySegment segment, DataType type, int zeroPoint, float scale) implements Numbers {
    static Bytes of(MemorySegment segment, Quantization quantization) {
        return new Bytes(segment, quantization.type(), quantization.zeroPoint(), quantization.scale());
    }

    @Override
    public void load(long index, float[] to, int at, int length) {
        // Signed bytes stay as they are, unsigned ones lose the sign.
        int bits = type == DataType.UINT8 ? 0xff : -1;
        for (int i = 0; i < length; i++) {
            to[at + i] = ((segment.get(ValueLayout.JAVA_BYTE, index + i) & bits) - zeroPoint) * scale;
        }
    }

    @Override
    public void store(float[] from, int at, long index, int length) {
        int least = type == DataType.UINT8 ? 0 : Byte.MIN_VALUE;
        int greatest = type == DataType.UINT8 ? 0xff : Byte.MAX_VALUE;
        for (int i = 0; i < length; i++) {
            double nearest = Math.rint(from[at + i] / scale + zeroPoint);
            segment.set(ValueLayout.JAVA_BYTE, index + i, (byte) Math.clamp(nearest, least, greatest));
        }
    }
}
