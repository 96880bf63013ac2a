package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;

/** What a memory is to a primitive: oneDNN's {@code DNNL_ARG_*}. */
public enum Argument {
    /** The (first) source. */
    SRC(Dnnl.DNNL_ARG_SRC()),
    /** The second source. */
    SRC_1(Dnnl.DNNL_ARG_SRC_1()),
    /** The destination. */
    DST(Dnnl.DNNL_ARG_DST()),
    /** The means of a normalization. */
    MEAN(Dnnl.DNNL_ARG_MEAN()),
    /** The variances of a normalization. */
    VARIANCE(Dnnl.DNNL_ARG_VARIANCE()),
    /** The factors of a normalization. */
    SCALE(Dnnl.DNNL_ARG_SCALE()),
    /** The summands of a normalization. */
    SHIFT(Dnnl.DNNL_ARG_SHIFT()),
    /** The gradient at the factors. */
    DIFF_SCALE(Dnnl.DNNL_ARG_DIFF_SCALE()),
    /** The gradient at the summands. */
    DIFF_SHIFT(Dnnl.DNNL_ARG_DIFF_SHIFT()),
    /** The weights. */
    WEIGHTS(Dnnl.DNNL_ARG_WEIGHTS()),
    /** The state that a recurrence begins with. */
    SRC_ITER(Dnnl.DNNL_ARG_SRC_ITER()),
    /** The cell's state that an LSTM begins with. */
    SRC_ITER_C(Dnnl.DNNL_ARG_SRC_ITER_C()),
    /** The gradient at the first state. */
    DIFF_SRC_ITER(Dnnl.DNNL_ARG_DIFF_SRC_ITER()),
    /** The gradient at the first state of the cell. */
    DIFF_SRC_ITER_C(Dnnl.DNNL_ARG_DIFF_SRC_ITER_C()),
    /** The state that a recurrence ends with. */
    DST_ITER(Dnnl.DNNL_ARG_DST_ITER()),
    /** The cell's state that an LSTM ends with. */
    DST_ITER_C(Dnnl.DNNL_ARG_DST_ITER_C()),
    /** The gradient at the last state. */
    DIFF_DST_ITER(Dnnl.DNNL_ARG_DIFF_DST_ITER()),
    /** The gradient at the last state of the cell. */
    DIFF_DST_ITER_C(Dnnl.DNNL_ARG_DIFF_DST_ITER_C()),
    /** The recurrent weights. */
    WEIGHTS_ITER(Dnnl.DNNL_ARG_WEIGHTS_ITER()),
    /** The gradient at the recurrent weights. */
    DIFF_WEIGHTS_ITER(Dnnl.DNNL_ARG_DIFF_WEIGHTS_ITER()),
    /** The bias. */
    BIAS(Dnnl.DNNL_ARG_BIAS()),
    /** The gradient at the source. */
    DIFF_SRC(Dnnl.DNNL_ARG_DIFF_SRC()),
    /** The gradient at the destination. */
    DIFF_DST(Dnnl.DNNL_ARG_DIFF_DST()),
    /** The gradient at the weights. */
    DIFF_WEIGHTS(Dnnl.DNNL_ARG_DIFF_WEIGHTS()),
    /** The gradient at the bias. */
    DIFF_BIAS(Dnnl.DNNL_ARG_DIFF_BIAS()),
    /** What the forward pass leaves for the backward pass. */
    WORKSPACE(Dnnl.DNNL_ARG_WORKSPACE()),
    /** The scales of a quantized source. */
    SRC_SCALES(Dnnl.DNNL_ARG_ATTR_SCALES() | Dnnl.DNNL_ARG_SRC()),
    /** The scales of quantized weights. */
    WEIGHTS_SCALES(Dnnl.DNNL_ARG_ATTR_SCALES() | Dnnl.DNNL_ARG_WEIGHTS()),
    /** The scales of a quantized destination. */
    DST_SCALES(Dnnl.DNNL_ARG_ATTR_SCALES() | Dnnl.DNNL_ARG_DST()),
    /** The integer that stands for 0 in a quantized source. */
    SRC_ZERO_POINTS(Dnnl.DNNL_ARG_ATTR_ZERO_POINTS() | Dnnl.DNNL_ARG_SRC()),
    /** The integer that stands for 0 in a quantized destination. */
    DST_ZERO_POINTS(Dnnl.DNNL_ARG_ATTR_ZERO_POINTS() | Dnnl.DNNL_ARG_DST()),
    /** Room to compute in. */
    SCRATCHPAD(Dnnl.DNNL_ARG_SCRATCHPAD());

    final int code;

    Argument(int code) {
        this.code = code;
    }
}
