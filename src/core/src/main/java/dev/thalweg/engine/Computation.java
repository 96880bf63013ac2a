package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.graph.Quantization;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.UnavailableException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How a network is computed, beside what it computes.
 *
 * @param precision of activations and of the weights that kernels read: FLOAT32, or BFLOAT16 or FLOAT16 for mixed
 *         precision
 * @param gradientCheckpointing whether training computes parts of the forward pass twice to hold less memory
 * @param quantized how 8-bit integers stand for what flows when predicting, by the names of
 *         {@link dev.thalweg.graph.Passes#quantizableNames}; empty where all compute in floats
 * @param testTimeAugmentation how often, and how, a picture is looked at when predicting
 */
public record Computation(
        DataType precision,
        boolean gradientCheckpointing,
        Map<String, Quantization> quantized,
        TestTimeAugmentation testTimeAugmentation) {
    /** 32-bit floats, everything kept. */
    public static final Computation PLAIN =
            new Computation(DataType.FLOAT32, false, Map.of(), TestTimeAugmentation.NONE);

    /**
     * Copies the map.
     *
     * @throws IllegalArgumentException if what is not computed in integers is not computed in 32-bit floats either
     */
    public Computation {
        Objects.requireNonNull(testTimeAugmentation, "testTimeAugmentation");
        quantized = Collections.unmodifiableMap(new LinkedHashMap<>(quantized));
        if (!quantized.isEmpty() && precision != DataType.FLOAT32) {
            throw new IllegalArgumentException("a quantized model computes in 8-bit integers, and in f32 what is not"
                    + " quantized: expected precision f32, got " + precision);
        }
    }

    /**
     * By what a loss is multiplied before it is differentiated, and its gradients divided: half-precision numbers end
     * at 6e-8, below which many gradients lie (Micikevicius et al., Mixed Precision Training, ICLR 2018, section 3.2).
     */
    public float lossScale() {
        return precision == DataType.FLOAT16 ? 1024 : 1;
    }

    /** Refuses a backend that cannot. */
    public void check(Backend backend) {
        if (!backend.computesIn(precision)) {
            throw new UnavailableException(
                    "precision " + precision + " cannot be used: backend " + backend.name() + " ("
                            + backend.description()
                            + ") does not compute in it; it takes the onednn backend and a CPU with AVX512-BF16 or "
                            + "AMX for bf16, AVX512-FP16 for f16, or a GPU that has it. Choose precision f32");
        }
    }

    /** {@return what to know before computing so on a backend; empty if nothing} */
    public Optional<String> warning(Backend backend) {
        return backend.emulates(precision)
                ? Optional.of("precision " + precision + " is emulated by backend " + backend.name() + " ("
                        + backend.description() + "), whose device has no instructions for it: it takes less memory"
                        + " than f32, and likely more time. Choose precision f32, or f16 where that is enough")
                : Optional.empty();
    }

    /**
     * {@return this with another precision}
     *
     * @param other which
     */
    @CheckReturnValue
    public Computation precision(Precision other) {
        return new Computation(other.dataType(), gradientCheckpointing, quantized, testTimeAugmentation);
    }

    /**
     * {@return this with or without gradient checkpointing}
     *
     * @param on whether
     */
    @CheckReturnValue
    public Computation gradientCheckpointing(boolean on) {
        return new Computation(precision, on, quantized, testTimeAugmentation);
    }

    /**
     * {@return this in 8-bit integers, and in 32-bit floats what is not named}
     *
     * @param activations how what flows is quantized, by the names of
     *         {@link dev.thalweg.graph.Passes#quantizableNames}
     * @throws IllegalArgumentException if the precision is another
     */
    @CheckReturnValue
    public Computation quantized(Map<String, Quantization> activations) {
        return new Computation(precision, gradientCheckpointing, activations, testTimeAugmentation);
    }

    /**
     * {@return this with other views of pictures when predicting}
     *
     * @param views which
     */
    @CheckReturnValue
    public Computation testTimeAugmentation(TestTimeAugmentation views) {
        return new Computation(precision, gradientCheckpointing, quantized, views);
    }

    /** {@return this without integers} */
    @CheckReturnValue
    public Computation inFloats() {
        return new Computation(precision, gradientCheckpointing, Map.of(), testTimeAugmentation);
    }
}
