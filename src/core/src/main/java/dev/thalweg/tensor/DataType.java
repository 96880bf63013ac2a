package dev.thalweg.tensor;

/** The type of a tensor's elements. */
public enum DataType {
    /** IEEE 754 binary32. */
    FLOAT32(4),
    /** The upper half of a binary32: 8 exponent bits, 7 fraction bits. */
    BFLOAT16(2),
    /** IEEE 754 binary16. */
    FLOAT16(2),
    /** Two's complement, 32 bits. */
    INT32(4),
    /** Two's complement, 8 bits. */
    INT8(1),
    /** Unsigned, 8 bits: what pictures are stored in. */
    UINT8(1);

    private final int bytes;

    DataType(int bytes) {
        this.bytes = bytes;
    }

    /**
     * {@return whether the elements are floating-point numbers}
     */
    public boolean isFloat() {
        return this == FLOAT32 || this == BFLOAT16 || this == FLOAT16;
    }

    /**
     * {@return the size of one element in bytes}
     */
    public int bytes() {
        return bytes;
    }
}
