package dev.thalweg.model;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;

/** What a layer does to its result; names and constants are Keras'. */
public enum Activation {
    /** Nothing. */
    LINEAR,
    /** {@code max(0, x)}. */
    RELU,
    /** {@code min(6, max(0, x))}. */
    RELU6,
    /** {@code x > 0 ? x : 0.3x}. */
    LEAKY_RELU,
    /** {@code x > 0 ? x : eˣ − 1}. */
    ELU,
    /** {@code 1 / (1 + e⁻ˣ)}. */
    SIGMOID,
    /** The hyperbolic tangent. */
    TANH,
    /** {@code x/2 (1 + erf(x/√2))}. */
    GELU,
    /** {@code x · sigmoid(x)}, also called SiLU. */
    SWISH,
    /** {@code x · min(1, max(0, x/6 + 1/2))}. */
    HARD_SWISH,
    /** Probabilities along the channels or units, axis 1. */
    SOFTMAX,
    /** Logarithms of probabilities along axis 1. */
    LOG_SOFTMAX;

    private static final float LEAKY_SLOPE = 0.3f;

    Value apply(GraphBuilder builder, Value x) {
        return switch (this) {
            case LINEAR -> x;
            case RELU -> builder.eltwise(Eltwise.Kind.RELU, x);
            case RELU6 -> builder.eltwise(Eltwise.Kind.CLIP, x, 0, 6);
            case LEAKY_RELU -> builder.eltwise(Eltwise.Kind.RELU, x, LEAKY_SLOPE, 0);
            case ELU -> builder.eltwise(Eltwise.Kind.ELU, x, 1, 0);
            case SIGMOID -> builder.eltwise(Eltwise.Kind.LOGISTIC, x);
            case TANH -> builder.eltwise(Eltwise.Kind.TANH, x);
            case GELU -> builder.eltwise(Eltwise.Kind.GELU_ERF, x);
            case SWISH -> builder.eltwise(Eltwise.Kind.SWISH, x, 1, 0);
            case HARD_SWISH -> builder.eltwise(Eltwise.Kind.HARD_SWISH, x, 1 / 6f, 0.5f);
            case SOFTMAX -> builder.softmax(x, 1);
            case LOG_SOFTMAX -> builder.logSoftmax(x, 1);
        };
    }
}
