package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Converts between element types through double, which holds every value of each of them. */
final class CastKernel implements Kernel {
    private final MemorySegment source;
    private final DataType from;
    private final MemorySegment result;
    private final DataType to;
    private final long length;

    CastKernel(MemorySegment source, DataType from, MemorySegment result, DataType to) {
        this.source = source;
        this.from = from;
        this.result = result;
        this.to = to;
        this.length = source.byteSize() / from.bytes();
    }

    static CastKernel of(Operands at) {
        Value source = at.node().input(0);
        Value result = at.node().output();
        return new CastKernel(
                at.values().segment(source), source.type(), at.values().segment(result), result.type());
    }

    @Override
    public void compute(ThreadTeam team) {
        for (long i = 0; i < length; i++) {
            set(i, get(i));
        }
    }

    private double get(long i) {
        return switch (from) {
            case FLOAT32 -> source.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            case BFLOAT16 -> Float.intBitsToFloat(source.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
            case FLOAT16 -> Float.float16ToFloat(source.getAtIndex(ValueLayout.JAVA_SHORT, i));
            case INT32 -> source.getAtIndex(ValueLayout.JAVA_INT, i);
            case INT8 -> source.get(ValueLayout.JAVA_BYTE, i);
            case UINT8 -> Byte.toUnsignedInt(source.get(ValueLayout.JAVA_BYTE, i));
        };
    }

    private void set(long i, double value) {
        switch (to) {
            case FLOAT32 -> result.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
            case BFLOAT16 -> result.setAtIndex(ValueLayout.JAVA_SHORT, i, bfloat16((float) value));
            case FLOAT16 -> result.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16((float) value));
            case INT32 -> result.setAtIndex(ValueLayout.JAVA_INT, i, (int) Math.rint(value));
            case INT8 -> result.set(ValueLayout.JAVA_BYTE, i, (byte) Math.clamp(Math.rint(value), -128, 127));
            case UINT8 -> result.set(ValueLayout.JAVA_BYTE, i, (byte) (int) Math.clamp(Math.rint(value), 0, 255));
        }
    }

    /** Rounds half to even in the 16 bits that are dropped; a NaN stays one. */
    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
