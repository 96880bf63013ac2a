package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import org.jspecify.annotations.Nullable;

/** Descriptors of convolutions: {@code [N, C, H, W]} to {@code [N, O, OH, OW]}. */
public final class Convolutions {
    private Convolutions() {}

    /**
     * Convolution.
     *
     * @param engine where
     * @param training whether a backward pass follows
     * @param src {@code [N, C, H, W]}
     * @param weights {@code [O, C, KH, KW]}, or {@code [G, O/G, C/G, KH, KW]}
     * @param bias {@code [O]} or null
     * @param dst {@code [N, O, OH, OW]}
     * @param sliding how the kernel moves
     * @param attributes post-ops
     * @return the descriptor
     */
    public static PrimitiveDesc forward(
            Engine engine,
            boolean training,
            MemoryDesc src,
            MemoryDesc weights,
            @Nullable MemoryDesc bias,
            MemoryDesc dst,
            Sliding sliding,
            Attributes attributes) {
        return PrimitiveDesc.create(
                "dnnl_convolution_forward_primitive_desc_create",
                attributes,
                (out, attr, arena) -> Dnnl.dnnl_convolution_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        PrimitiveDesc.forward(training),
                        Algorithm.CONVOLUTION_DIRECT.code,
                        src.address(),
                        weights.address(),
                        MemoryDesc.orNull(bias),
                        dst.address(),
                        Sliding.longs(arena, sliding.strides()),
                        Sliding.longs(arena, sliding.dilates()),
                        Sliding.longs(arena, sliding.paddingBegin()),
                        Sliding.longs(arena, sliding.paddingEnd()),
                        attr),
                src,
                weights,
                bias,
                dst,
                sliding);
    }

    /**
     * Convolution's gradient at its source.
     *
     * @param engine where
     * @param diffSrc {@code [N, C, H, W]}
     * @param weights as forward
     * @param diffDst {@code [N, O, OH, OW]}
     * @param sliding as forward
     * @param hint the forward descriptor
     * @return the descriptor
     */
    public static PrimitiveDesc backwardData(
            Engine engine,
            MemoryDesc diffSrc,
            MemoryDesc weights,
            MemoryDesc diffDst,
            Sliding sliding,
            PrimitiveDesc hint) {
        return PrimitiveDesc.create(
                "dnnl_convolution_backward_data_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                        out,
                        engine.address(),
                        Algorithm.CONVOLUTION_DIRECT.code,
                        diffSrc.address(),
                        weights.address(),
                        diffDst.address(),
                        Sliding.longs(arena, sliding.strides()),
                        Sliding.longs(arena, sliding.dilates()),
                        Sliding.longs(arena, sliding.paddingBegin()),
                        Sliding.longs(arena, sliding.paddingEnd()),
                        hint.address(),
                        attr),
                diffSrc,
                weights,
                diffDst,
                sliding);
    }

    /**
     * Convolution's gradient at its weights and bias.
     *
     * @param engine where
     * @param src as forward
     * @param diffWeights as the weights
     * @param diffBias {@code [O]} or null
     * @param diffDst {@code [N, O, OH, OW]}
     * @param sliding as forward
     * @param hint the forward descriptor
     * @return the descriptor
     */
    public static PrimitiveDesc backwardWeights(
            Engine engine,
            MemoryDesc src,
            MemoryDesc diffWeights,
            @Nullable MemoryDesc diffBias,
            MemoryDesc diffDst,
            Sliding sliding,
            PrimitiveDesc hint) {
        return PrimitiveDesc.create(
                "dnnl_convolution_backward_weights_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                        out,
                        engine.address(),
                        Algorithm.CONVOLUTION_DIRECT.code,
                        src.address(),
                        diffWeights.address(),
                        MemoryDesc.orNull(diffBias),
                        diffDst.address(),
                        Sliding.longs(arena, sliding.strides()),
                        Sliding.longs(arena, sliding.dilates()),
                        Sliding.longs(arena, sliding.paddingBegin()),
                        Sliding.longs(arena, sliding.paddingEnd()),
                        hint.address(),
                        attr),
                src,
                diffWeights,
                diffBias,
                diffDst,
                sliding);
    }
}
