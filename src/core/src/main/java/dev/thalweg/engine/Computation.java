package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.UnavailableException;

/**
 * How a network is computed, beside what it computes.
 *
 * @param precision of activations and of the weights that kernels read: FLOAT32, or BFLOAT16 or FLOAT16 for mixed
 *         precision
 * @param gradientCheckpointing whether training computes parts of the forward pass twice to hold less memory
 */
public record Computation(DataType precision, boolean gradientCheckpointing) {
    /** 32-bit floats, everything kept. */
    public static final Computation PLAIN = new Computation(DataType.FLOAT32, false);

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

    /**
     * {@return this with another precision}
     *
     * @param other which
     */
    @CheckReturnValue
    public Computation precision(Precision other) {
        return new Computation(other.dataType(), gradientCheckpointing);
    }

    /**
     * {@return this with or without gradient checkpointing}
     *
     * @param on whether
     */
    @CheckReturnValue
    public Computation gradientCheckpointing(boolean on) {
        return new Computation(precision, on);
    }
}
