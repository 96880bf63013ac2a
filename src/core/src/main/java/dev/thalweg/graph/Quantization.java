package dev.thalweg.graph;

import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.DataType;
import java.util.Objects;

/**
 * How 8-bit integers stand for real numbers: {@code r = (q − zeroPoint) · scale} (Jacob et al., CVPR 2018, equation 1).
 *
 * @param type {@link DataType#UINT8} or {@link DataType#INT8}
 * @param scale the distance of neighbours, finite and above 0
 * @param zeroPoint the integer that stands for 0, one that the type holds
 */
public record Quantization(DataType type, float scale, int zeroPoint) {
    /**
     * The greatest absolute value of a quantized weight: 7 bits and not 8. Processors without VNNI add two products of
     * an unsigned and a signed byte in 16 bits, which saturate: {@code 2 · 255 · 127} does not fit,
     * {@code 2 · 255 · 64} does. It holds for all processors, so that a model computes the same wherever it is taken;
     * ONNX Runtime calls the same a reduced range.
     */
    public static final int GREATEST_WEIGHT = 64;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if the type has not 8 bits, the scale is not finite and above 0, or the type
     *         does not hold the zero point
     */
    public Quantization {
        Objects.requireNonNull(type, "type");
        if (type != DataType.UINT8 && type != DataType.INT8) {
            throw new IllegalArgumentException("a quantization's type must be UINT8 or INT8, got " + type);
        }
        if (!(scale > 0 && scale <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException("a quantization's scale must be finite and above 0, got " + scale);
        }
        if (zeroPoint < least(type) || zeroPoint > greatest(type)) {
            throw new IllegalArgumentException("a quantization's zero point must be from " + least(type) + " to "
                    + greatest(type) + " for " + type + ", got " + zeroPoint);
        }
    }

    /**
     * {@return the quantization to unsigned bytes that holds a range of real numbers and 0, which it holds exactly}
     *
     * @param low the least number
     * @param high the greatest number
     * @throws IllegalArgumentException if one is not finite, or the least is above the greatest
     */
    public static Quantization unsigned(float low, float high) {
        if (!(low <= high) || !Float.isFinite(low) || !Float.isFinite(high)) {
            throw new IllegalArgumentException(
                    "a range to quantize must be finite and not empty, got " + low + " to " + high);
        }
        double least = Math.min(low, 0);
        double greatest = Math.max(high, 0);
        // Where all numbers are 0, any scale will do.
        double scale = greatest > least ? (greatest - least) / 255 : 1;
        float stored = Math.max((float) scale, Float.MIN_NORMAL);
        return new Quantization(DataType.UINT8, stored, (int) Math.clamp(Math.rint(-least / stored), 0, 255));
    }

    /**
     * {@return the quantization to unsigned bytes of the same numbers: 128 is added to what is signed}
     */
    @CheckReturnValue
    public Quantization asUnsigned() {
        return type == DataType.UINT8 ? this : new Quantization(DataType.UINT8, scale, zeroPoint - Byte.MIN_VALUE);
    }

    /** Of processors without VNNI, oneDNN halves the weights that signed bytes are multiplied by, and rounds them. */
    static void checkSource(Quantization source) {
        if (source.type() != DataType.UINT8) {
            throw new IllegalArgumentException("products of bytes are of unsigned sources, got " + source
                    + ": the same numbers are " + source.asUnsigned());
        }
    }

    private static int least(DataType type) {
        return type == DataType.UINT8 ? 0 : Byte.MIN_VALUE;
    }

    private static int greatest(DataType type) {
        return type == DataType.UINT8 ? 255 : Byte.MAX_VALUE;
    }

    /** {@return the least integer} */
    public int least() {
        return least(type);
    }

    /** {@return the greatest integer} */
    public int greatest() {
        return greatest(type);
    }
}
