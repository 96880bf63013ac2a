package dev.thalweg.interop.onnx;

import java.util.Arrays;
import java.util.Optional;

/** The types of a tensor's elements that are read, by the numbers and names of {@code TensorProto.DataType}. */
enum ElementType {
    FLOAT(1, Float.BYTES),
    UINT8(2, Byte.BYTES),
    INT8(3, Byte.BYTES),
    UINT16(4, Short.BYTES),
    INT16(5, Short.BYTES),
    INT32(6, Integer.BYTES),
    INT64(7, Long.BYTES),
    BOOL(9, Byte.BYTES),
    FLOAT16(10, Short.BYTES),
    DOUBLE(11, Double.BYTES),
    UINT32(12, Integer.BYTES),
    UINT64(13, Long.BYTES),
    BFLOAT16(16, Short.BYTES);

    private final int number;
    private final int bytes;

    ElementType(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    /** How many bytes one takes as raw data. */
    int bytes() {
        return bytes;
    }

    boolean isFloating() {
        return this == FLOAT || this == FLOAT16 || this == DOUBLE || this == BFLOAT16;
    }

    static Optional<ElementType> of(long number) {
        return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
    }
}
