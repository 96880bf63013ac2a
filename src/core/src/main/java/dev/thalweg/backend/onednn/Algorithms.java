package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Reduction;
import dev.thalweg.onednn.Algorithm;

/** Our operations' kinds as oneDNN's algorithms. */
final class Algorithms {
    private Algorithms() {}

    static Algorithm of(Pooling.Kind kind) {
        return switch (kind) {
            case MAX -> Algorithm.POOLING_MAX;
            case AVERAGE -> Algorithm.POOLING_AVG_EXCLUDE_PADDING;
            case AVERAGE_INCLUDING_PADDING -> Algorithm.POOLING_AVG_INCLUDE_PADDING;
        };
    }

    static Algorithm of(Binary.Kind kind) {
        return switch (kind) {
            case ADD -> Algorithm.BINARY_ADD;
            case SUB -> Algorithm.BINARY_SUB;
            case MUL -> Algorithm.BINARY_MUL;
            case DIV -> Algorithm.BINARY_DIV;
            case MAX -> Algorithm.BINARY_MAX;
            case MIN -> Algorithm.BINARY_MIN;
            case EQUAL -> Algorithm.BINARY_EQ;
            case GREATER -> Algorithm.BINARY_GT;
            case GREATER_OR_EQUAL -> Algorithm.BINARY_GE;
        };
    }

    static Algorithm of(Reduction.Kind kind) {
        return switch (kind) {
            case SUM -> Algorithm.REDUCTION_SUM;
            case MEAN -> Algorithm.REDUCTION_MEAN;
            case MAX -> Algorithm.REDUCTION_MAX;
        };
    }

    static Algorithm softmax(boolean log) {
        return log ? Algorithm.SOFTMAX_LOG : Algorithm.SOFTMAX_ACCURATE;
    }

    static Algorithm of(Eltwise op) {
        return switch (op.kind()) {
            case RELU -> op.backwardUsesOutput() ? Algorithm.ELTWISE_RELU_USE_DST : Algorithm.ELTWISE_RELU;
            case ELU -> op.backwardUsesOutput() ? Algorithm.ELTWISE_ELU_USE_DST : Algorithm.ELTWISE_ELU;
            case LOGISTIC -> Algorithm.ELTWISE_LOGISTIC_USE_DST;
            case TANH -> Algorithm.ELTWISE_TANH_USE_DST;
            case GELU_ERF -> Algorithm.ELTWISE_GELU_ERF;
            case GELU_TANH -> Algorithm.ELTWISE_GELU_TANH;
            case SWISH -> Algorithm.ELTWISE_SWISH;
            case HARD_SWISH -> Algorithm.ELTWISE_HARDSWISH;
            case SOFT_RELU -> Algorithm.ELTWISE_SOFT_RELU;
            case LINEAR -> Algorithm.ELTWISE_LINEAR;
            case SQUARE -> Algorithm.ELTWISE_SQUARE;
            case ABS -> Algorithm.ELTWISE_ABS;
            case SQRT -> Algorithm.ELTWISE_SQRT_USE_DST;
            case EXP -> Algorithm.ELTWISE_EXP_USE_DST;
            case LOG -> Algorithm.ELTWISE_LOG;
            case CLIP -> Algorithm.ELTWISE_CLIP;
            case POW -> Algorithm.ELTWISE_POW;
            case ROUND -> Algorithm.ELTWISE_ROUND;
        };
    }

    /** The function alone, by the algorithm that the most kernels take as a post-op. */
    static Algorithm forward(Eltwise op) {
        return switch (op.kind()) {
            case RELU -> Algorithm.ELTWISE_RELU;
            case ELU -> Algorithm.ELTWISE_ELU;
            case LOGISTIC,
                    TANH,
                    GELU_ERF,
                    GELU_TANH,
                    SWISH,
                    HARD_SWISH,
                    SOFT_RELU,
                    LINEAR,
                    SQUARE,
                    ABS,
                    SQRT,
                    EXP,
                    LOG,
                    CLIP,
                    POW,
                    ROUND -> of(op);
        };
    }

    /** The first coefficient as oneDNN wants it: its softplus has a slope where ours has none. */
    static float alpha(Eltwise op) {
        return op.kind() == Eltwise.Kind.SOFT_RELU ? 1 : op.alpha();
    }
}
