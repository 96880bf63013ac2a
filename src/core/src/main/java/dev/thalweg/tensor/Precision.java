package dev.thalweg.tensor;

import java.util.Locale;

/** The width of activations and of the weights that kernels read. What is learnt stays 32 bits wide. */
public enum Precision {
    /** IEEE 754 binary32. */
    F32(DataType.FLOAT32),
    /** Mixed precision with bfloat16: 8 exponent bits, 7 fraction bits. */
    BF16(DataType.BFLOAT16),
    /** Mixed precision with IEEE 754 binary16. */
    F16(DataType.FLOAT16);

    private final DataType dataType;

    Precision(DataType dataType) {
        this.dataType = dataType;
    }

    /**
     * {@return the type of the elements}
     */
    public DataType dataType() {
        return dataType;
    }

    /**
     * {@return the precision that a word names}
     *
     * @param text {@code f32}, {@code bf16} or {@code f16}
     * @throws IllegalArgumentException if it names none
     */
    public static Precision parse(String text) {
        for (Precision precision : values()) {
            if (precision.toString().equals(text)) {
                return precision;
            }
        }
        throw new IllegalArgumentException("there is no precision \"" + text + "\": choose f32, bf16 or f16");
    }

    /** The word that {@link #parse} reads. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
