package dev.thalweg.interop.onnx;

import java.util.Arrays;
import java.util.Optional;

/** The types of a tensor's elements that are read, by the numbers and names of {@code TensorProto.DataType}. */
public enum ElementType {
    /** IEEE 754 binary32. */
    FLOAT(1, Float.BYTES),
    /** Unsigned, 8 bits. */
    UINT8(2, Byte.BYTES),
    /** Two's complement, 8 bits. */
    INT8(3, Byte.BYTES),
    /** Unsigned, 16 bits. */
    UINT16(4, Short.BYTES),
    /** Two's complement, 16 bits. */
    INT16(5, Short.BYTES),
    /** Two's complement, 32 bits. */
    INT32(6, Integer.BYTES),
    /** Two's complement, 64 bits. */
    INT64(7, Long.BYTES),
    /** 0 or 1 in a byte. */
    BOOL(9, Byte.BYTES),
    /** IEEE 754 binary16. */
    FLOAT16(10, Short.BYTES),
    /** IEEE 754 binary64. */
    DOUBLE(11, Double.BYTES),
    /** Unsigned, 32 bits. */
    UINT32(12, Integer.BYTES),
    /** Unsigned, 64 bits. */
    UINT64(13, Long.BYTES),
    /** The upper half of a binary32. */
    BFLOAT16(16, Short.BYTES);

    private final int number;
    private final int bytes;

    ElementType(int number, int bytes) {
        this.number = number;
        this.bytes = bytes;
    }

    /** {@return the number that ONNX's {@code TensorProto.DataType} gives it} */
    public int number() {
        return number;
    }

    /** {@return how many bytes one takes as raw data} */
    public int bytes() {
        return bytes;
    }

    /** {@return whether it is a floating-point number} */
    public boolean isFloating() {
        return this == FLOAT || this == FLOAT16 || this == DOUBLE || this == BFLOAT16;
    }

    /**
     * {@return the type of a number of ONNX's, if it is read}
     *
     * @param number of {@code TensorProto.DataType}
     */
    public static Optional<ElementType> of(long number) {
        return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
    }
}
