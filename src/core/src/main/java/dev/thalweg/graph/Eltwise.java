package dev.thalweg.graph;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A function of each element. One input; an output of the same shape. {@code α} and {@code β} are 0 where a function
 * has none.
 *
 * @param kind the function
 * @param alpha its first coefficient
 * @param beta its second coefficient
 */
public record Eltwise(Kind kind, float alpha, float beta) implements Op {
    /** Refuses null. */
    public Eltwise {
        Objects.requireNonNull(kind, "kind");
    }

    /** The functions, by oneDNN's names where it has one. */
    public enum Kind {
        /** {@code x > 0 ? x : αx}; leaky with {@code α > 0} (Maas et al. 2013). */
        RELU,
        /** {@code x > 0 ? x : α(eˣ − 1)} (Clevert et al. 2015). */
        ELU,
        /** {@code 1 / (1 + e⁻ˣ)}. */
        LOGISTIC,
        /** The hyperbolic tangent. */
        TANH,
        /** {@code x/2 (1 + erf(x/√2))} (Hendrycks and Gimpel 2016). */
        GELU_ERF,
        /** {@code x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))}, the same paper's approximation. */
        GELU_TANH,
        /** {@code x / (1 + exp(−αx))} (Ramachandran et al. 2017). */
        SWISH,
        /** {@code x · min(1, max(0, αx + β))} (Howard et al. 2019 with α = 1/6, β = 1/2). */
        HARD_SWISH,
        /** {@code log(1 + eˣ)}, the softplus. */
        SOFT_RELU,
        /** {@code αx + β}. */
        LINEAR,
        /** {@code x²}. */
        SQUARE,
        /** {@code |x|}; its gradient at 0 is 0. */
        ABS,
        /** {@code √x}. */
        SQRT,
        /** {@code eˣ}. */
        EXP,
        /** {@code ln x}. */
        LOG,
        /** {@code min(β, max(α, x))}. */
        CLIP,
        /** {@code α · x^β}. */
        POW,
        /** The nearest whole number, of two the even one; its gradient is 0. */
        ROUND
    }

    /**
     * {@return whether the gradient is computed from the function's output, so that its input need not be kept}
     */
    public boolean backwardUsesOutput() {
        return switch (kind) {
            case RELU, ELU -> alpha >= 0;
            case LOGISTIC, TANH, EXP, SQRT -> true;
            case GELU_ERF, GELU_TANH, SWISH, HARD_SWISH, SOFT_RELU, LINEAR, SQUARE, ABS, LOG, CLIP, POW, ROUND -> false;
        };
    }

    /** Whether it is {@code max(0, x)}. */
    boolean isRelu() {
        return kind == Kind.RELU && alpha == 0;
    }

    /**
     * {@return whether it does nothing but cut off what is below 0, and maybe above another number: what a quantization
     * does whose range is that of the result}
     */
    public boolean cuts() {
        return isRelu() || kind == Kind.CLIP && alpha == 0;
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("elementwise " + kind, inputs, 1, 1);
        Checks.floats("elementwise " + kind, inputs);
        return List.of(TensorType.of(inputs.getFirst()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Over(0);
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Following(Set.of(0), Set.of(0));
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        Objects.requireNonNull(function, "function");
        return Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return switch (kind) {
            case LOGISTIC -> OutputKind.SINGLE_PROBABILITIES;
            case RELU, ELU, TANH, GELU_ERF, GELU_TANH, SWISH, HARD_SWISH, SOFT_RELU -> OutputKind.ANY;
            // Up to 6 it is an activation; up to 1 it may be meant to be a probability.
            case CLIP -> beta > 1 ? OutputKind.ANY : OutputKind.UNKNOWN;
            case LINEAR, SQUARE, ABS, SQRT, EXP, LOG, POW, ROUND -> OutputKind.UNKNOWN;
        };
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        if (kind == Kind.LINEAR) {
            return Collections.singletonList(at.builder().linear(at.gradient(), alpha, 0));
        }
        if (kind == Kind.ROUND) {
            return Collections.singletonList(null);
        }
        Value data = backwardUsesOutput() ? at.output() : at.input(0);
        return Collections.singletonList(at.builder().apply(new EltwiseBackward(this), data, at.gradient()));
    }
}
