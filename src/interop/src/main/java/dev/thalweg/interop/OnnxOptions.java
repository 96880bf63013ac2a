package dev.thalweg.interop;

import dev.thalweg.tensor.CheckReturnValue;

/**
 * How a model is written as ONNX.
 *
 * @param normalizeInside whether the graph takes pictures as unsigned bytes, {@code [batch, C, H, W]}, and normalizes
 *     them itself; else it takes floats that are normalized already
 */
public record OnnxOptions(boolean normalizeInside) {
    /** Floats flow in. */
    public OnnxOptions() {
        this(false);
    }

    /**
     * {@return these options with or without the normalization inside}
     *
     * @param on whether the graph normalizes
     */
    @CheckReturnValue
    public OnnxOptions normalizeInside(boolean on) {
        return new OnnxOptions(on);
    }
}
