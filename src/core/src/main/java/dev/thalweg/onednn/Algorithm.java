package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;

/** oneDNN's {@code dnnl_alg_kind_t}, as far as we use it. */
public enum Algorithm {
    /** Convolution by whatever way is best. */
    CONVOLUTION_AUTO(Dnnl.dnnl_convolution_auto()),
    /** Convolution without a transform. */
    CONVOLUTION_DIRECT(Dnnl.dnnl_convolution_direct()),
    /** Greatest of a window. */
    POOLING_MAX(Dnnl.dnnl_pooling_max()),
    /** Mean of a window, padding counted. */
    POOLING_AVG_INCLUDE_PADDING(Dnnl.dnnl_pooling_avg_include_padding()),
    /** Mean of a window, padding not counted. */
    POOLING_AVG_EXCLUDE_PADDING(Dnnl.dnnl_pooling_avg_exclude_padding()),
    /** Numerically stable softmax. */
    SOFTMAX_ACCURATE(Dnnl.dnnl_softmax_accurate()),
    /** Logarithm of the softmax. */
    SOFTMAX_LOG(Dnnl.dnnl_softmax_log()),
    /** Sum of two. */
    BINARY_ADD(Dnnl.dnnl_binary_add()),
    /** Difference of two. */
    BINARY_SUB(Dnnl.dnnl_binary_sub()),
    /** Product of two. */
    BINARY_MUL(Dnnl.dnnl_binary_mul()),
    /** Quotient of two. */
    BINARY_DIV(Dnnl.dnnl_binary_div()),
    /** The greater of two. */
    BINARY_MAX(Dnnl.dnnl_binary_max()),
    /** The smaller of two. */
    BINARY_MIN(Dnnl.dnnl_binary_min()),
    /** Whether two are equal. */
    BINARY_EQ(Dnnl.dnnl_binary_eq()),
    /** Whether the first is greater. */
    BINARY_GT(Dnnl.dnnl_binary_gt()),
    /** Whether the first is not smaller. */
    BINARY_GE(Dnnl.dnnl_binary_ge()),
    /** Sum over axes. */
    REDUCTION_SUM(Dnnl.dnnl_reduction_sum()),
    /** Greatest over axes. */
    REDUCTION_MAX(Dnnl.dnnl_reduction_max()),
    /** Mean over axes. */
    REDUCTION_MEAN(Dnnl.dnnl_reduction_mean()),
    /** (Leaky) ReLU. */
    ELTWISE_RELU(Dnnl.dnnl_eltwise_relu()),
    /** The same, differentiated from its output. */
    ELTWISE_RELU_USE_DST(Dnnl.dnnl_eltwise_relu_use_dst_for_bwd()),
    /** ELU. */
    ELTWISE_ELU(Dnnl.dnnl_eltwise_elu()),
    /** The same, differentiated from its output. */
    ELTWISE_ELU_USE_DST(Dnnl.dnnl_eltwise_elu_use_dst_for_bwd()),
    /** Sigmoid, differentiated from its output. */
    ELTWISE_LOGISTIC_USE_DST(Dnnl.dnnl_eltwise_logistic_use_dst_for_bwd()),
    /** Hyperbolic tangent, differentiated from its output. */
    ELTWISE_TANH_USE_DST(Dnnl.dnnl_eltwise_tanh_use_dst_for_bwd()),
    /** GELU. */
    ELTWISE_GELU_ERF(Dnnl.dnnl_eltwise_gelu_erf()),
    /** GELU's approximation. */
    ELTWISE_GELU_TANH(Dnnl.dnnl_eltwise_gelu_tanh()),
    /** Swish. */
    ELTWISE_SWISH(Dnnl.dnnl_eltwise_swish()),
    /** Hard swish. */
    ELTWISE_HARDSWISH(Dnnl.dnnl_eltwise_hardswish()),
    /** Softplus. */
    ELTWISE_SOFT_RELU(Dnnl.dnnl_eltwise_soft_relu()),
    /** Linear function. */
    ELTWISE_LINEAR(Dnnl.dnnl_eltwise_linear()),
    /** Square. */
    ELTWISE_SQUARE(Dnnl.dnnl_eltwise_square()),
    /** Absolute value. */
    ELTWISE_ABS(Dnnl.dnnl_eltwise_abs()),
    /** Square root, differentiated from its output. */
    ELTWISE_SQRT_USE_DST(Dnnl.dnnl_eltwise_sqrt_use_dst_for_bwd()),
    /** Exponential, differentiated from its output. */
    ELTWISE_EXP_USE_DST(Dnnl.dnnl_eltwise_exp_use_dst_for_bwd()),
    /** Natural logarithm. */
    ELTWISE_LOG(Dnnl.dnnl_eltwise_log()),
    /** Clipping. */
    ELTWISE_CLIP(Dnnl.dnnl_eltwise_clip()),
    /** Power. */
    ELTWISE_POW(Dnnl.dnnl_eltwise_pow()),
    /** Rounding to the nearest whole number. */
    ELTWISE_ROUND(Dnnl.dnnl_eltwise_round());

    final int code;

    Algorithm(int code) {
        this.code = code;
    }
}
