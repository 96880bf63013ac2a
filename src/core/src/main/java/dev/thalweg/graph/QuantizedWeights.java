package dev.thalweg.graph;

/**
 * Weights as signed bytes, each filter's with a scale of its own: {@code w = q · scale}, the greatest of a filter being
 * {@link Quantization#GREATEST_WEIGHT}. {@link Fragments#quantizeWeights} computes the same within a graph: from
 * weights that were quantized and brought back it finds these bytes again, and so it does where a filter's were all
 * multiplied by one number, as folding a normalization does.
 *
 * @param integers row-major
 * @param scales one for each filter, the first axis
 */
public record QuantizedWeights(byte[] integers, float[] scales) {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if filters have no scale, or a part of one, or a scale is not finite and above 0
     */
    public QuantizedWeights {
        if (scales.length == 0 || integers.length % scales.length != 0) {
            throw new IllegalArgumentException(
                    "expected a scale for each filter, got " + scales.length + " for " + integers.length + " weights");
        }
        for (float scale : scales) {
            if (!(scale > 0 && scale <= Float.MAX_VALUE)) {
                throw new IllegalArgumentException("the scale of a filter must be finite and above 0, got " + scale);
            }
        }
    }

    /**
     * {@return the nearest bytes, of two equally near ones the even one}
     *
     * @param weights row-major
     * @param filters how many, the first axis
     * @throws ArithmeticException if a weight is not finite
     */
    public static QuantizedWeights of(float[] weights, int filters) {
        byte[] integers = new byte[weights.length];
        float[] scales = new float[filters];
        int length = weights.length / filters;
        for (int filter = 0; filter < filters; filter++) {
            float greatest = 0;
            for (int i = filter * length; i < (filter + 1) * length; i++) {
                greatest = Math.max(greatest, Math.abs(weights[i]));
            }
            if (!Float.isFinite(greatest)) {
                throw new ArithmeticException(
                        "filter " + filter + " has the weight " + greatest + ", which cannot be quantized");
            }
            scales[filter] = Math.max(greatest / Quantization.GREATEST_WEIGHT, Float.MIN_NORMAL);
            for (int i = filter * length; i < (filter + 1) * length; i++) {
                integers[i] = (byte) Math.rint(weights[i] / scales[filter]);
            }
        }
        return new QuantizedWeights(integers, scales);
    }

    /** {@return the weights that the bytes stand for, row-major} */
    public float[] dequantized() {
        float[] weights = new float[integers.length];
        int length = integers.length / scales.length;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = integers[i] * scales[i / length];
        }
        return weights;
    }
}
