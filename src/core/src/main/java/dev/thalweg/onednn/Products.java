package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import org.jspecify.annotations.Nullable;

/** Descriptors of inner products and matrix products. */
public final class Products {
    private Products() {}

    /**
     * Inner product.
     *
     * @param engine where
     * @param training whether a backward pass follows
     * @param src {@code [N, I]} or {@code [N, C, H, W]}
     * @param weights {@code [O, I]} or {@code [O, C, H, W]}
     * @param bias {@code [O]} or null
     * @param dst {@code [N, O]}
     * @param attributes post-ops
     * @return the descriptor
     */
    public static PrimitiveDesc innerForward(
            Engine engine,
            boolean training,
            MemoryDesc src,
            MemoryDesc weights,
            @Nullable MemoryDesc bias,
            MemoryDesc dst,
            Attributes attributes) {
        return PrimitiveDesc.create(
                "dnnl_inner_product_forward_primitive_desc_create",
                attributes,
                (out, attr, arena) -> Dnnl.dnnl_inner_product_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        PrimitiveDesc.forward(training),
                        src.address(),
                        weights.address(),
                        MemoryDesc.orNull(bias),
                        dst.address(),
                        attr),
                src,
                weights,
                bias,
                dst);
    }

    /**
     * Inner product's gradient at its source.
     *
     * @param engine where
     * @param diffSrc as the source
     * @param weights as forward
     * @param diffDst {@code [N, O]}
     * @param hint the forward descriptor
     * @return the descriptor
     */
    public static PrimitiveDesc innerBackwardData(
            Engine engine, MemoryDesc diffSrc, MemoryDesc weights, MemoryDesc diffDst, PrimitiveDesc hint) {
        return PrimitiveDesc.create(
                "dnnl_inner_product_backward_data_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_inner_product_backward_data_primitive_desc_create(
                        out,
                        engine.address(),
                        diffSrc.address(),
                        weights.address(),
                        diffDst.address(),
                        hint.address(),
                        attr),
                diffSrc,
                weights,
                diffDst);
    }

    /**
     * Inner product's gradient at its weights and bias.
     *
     * @param engine where
     * @param src as forward
     * @param diffWeights as the weights
     * @param diffBias {@code [O]} or null
     * @param diffDst {@code [N, O]}
     * @param hint the forward descriptor
     * @return the descriptor
     */
    public static PrimitiveDesc innerBackwardWeights(
            Engine engine,
            MemoryDesc src,
            MemoryDesc diffWeights,
            @Nullable MemoryDesc diffBias,
            MemoryDesc diffDst,
            PrimitiveDesc hint) {
        return PrimitiveDesc.create(
                "dnnl_inner_product_backward_weights_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_inner_product_backward_weights_primitive_desc_create(
                        out,
                        engine.address(),
                        src.address(),
                        diffWeights.address(),
                        MemoryDesc.orNull(diffBias),
                        diffDst.address(),
                        hint.address(),
                        attr),
                src,
                diffWeights,
                diffBias,
                diffDst);
    }

    /**
     * Matrix products of the last two axes.
     *
     * @param engine where
     * @param src {@code [..., M, K]}
     * @param weights {@code [..., K, N]}
     * @param bias {@code [..., 1, N]} or null
     * @param dst {@code [..., M, N]}
     * @param attributes post-ops
     * @return the descriptor
     */
    public static PrimitiveDesc matmul(
            Engine engine,
            MemoryDesc src,
            MemoryDesc weights,
            @Nullable MemoryDesc bias,
            MemoryDesc dst,
            Attributes attributes) {
        return PrimitiveDesc.create(
                "dnnl_matmul_primitive_desc_create",
                attributes,
                (out, attr, arena) -> Dnnl.dnnl_matmul_primitive_desc_create(
                        out,
                        engine.address(),
                        src.address(),
                        weights.address(),
                        MemoryDesc.orNull(bias),
                        dst.address(),
                        attr),
                src,
                weights,
                bias,
                dst);
    }
}
