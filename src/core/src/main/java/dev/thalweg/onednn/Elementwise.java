package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;

/** Descriptors of functions and combinations of elements, and of reductions. */
public final class Elementwise {
    private Elementwise() {}

    /**
     * Elementwise function.
     *
     * @param engine where
     * @param training whether a backward pass follows
     * @param algorithm which function
     * @param src any shape
     * @param dst the same shape
     * @param alpha its first coefficient
     * @param beta its second coefficient
     * @return the descriptor
     */
    public static PrimitiveDesc forward(
            Engine engine,
            boolean training,
            Algorithm algorithm,
            MemoryDesc src,
            MemoryDesc dst,
            float alpha,
            float beta) {
        return PrimitiveDesc.create(
                "dnnl_eltwise_forward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_eltwise_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        PrimitiveDesc.forward(training),
                        algorithm.code,
                        src.address(),
                        dst.address(),
                        alpha,
                        beta,
                        attr),
                algorithm,
                src,
                dst,
                alpha,
                beta);
    }

    /**
     * Elementwise function's gradient.
     *
     * @param engine where
     * @param algorithm as forward
     * @param diffSrc the gradient at the source
     * @param diffDst the gradient at the destination
     * @param data the source, or the destination where the algorithm says so
     * @param alpha as forward
     * @param beta as forward
     * @param hint the forward descriptor
     * @return the descriptor
     */
    public static PrimitiveDesc backward(
            Engine engine,
            Algorithm algorithm,
            MemoryDesc diffSrc,
            MemoryDesc diffDst,
            MemoryDesc data,
            float alpha,
            float beta,
            PrimitiveDesc hint) {
        return PrimitiveDesc.create(
                "dnnl_eltwise_backward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_eltwise_backward_primitive_desc_create(
                        out,
                        engine.address(),
                        algorithm.code,
                        diffSrc.address(),
                        diffDst.address(),
                        data.address(),
                        alpha,
                        beta,
                        hint.address(),
                        attr),
                algorithm,
                diffSrc,
                diffDst,
                data,
                alpha,
                beta);
    }

    /**
     * Combination of two memories.
     *
     * @param engine where
     * @param algorithm which combination
     * @param src0 any shape
     * @param src1 the same shape, or 1 along some axes
     * @param dst src0's shape
     * @param attributes post-ops
     * @return the descriptor
     */
    public static PrimitiveDesc binary(
            Engine engine,
            Algorithm algorithm,
            MemoryDesc src0,
            MemoryDesc src1,
            MemoryDesc dst,
            Attributes attributes) {
        return PrimitiveDesc.create(
                "dnnl_binary_primitive_desc_create",
                attributes,
                (out, attr, arena) -> Dnnl.dnnl_binary_primitive_desc_create(
                        out, engine.address(), algorithm.code, src0.address(), src1.address(), dst.address(), attr),
                algorithm,
                src0,
                src1,
                dst);
    }

    /**
     * Reduction over axes.
     *
     * @param engine where
     * @param algorithm sum or mean
     * @param src any shape
     * @param dst the same shape with 1 along the reduced axes
     * @param attributes post-ops
     * @return the descriptor
     */
    public static PrimitiveDesc reduction(
            Engine engine, Algorithm algorithm, MemoryDesc src, MemoryDesc dst, Attributes attributes) {
        return PrimitiveDesc.create(
                "dnnl_reduction_primitive_desc_create",
                attributes,
                (out, attr, arena) -> Dnnl.dnnl_reduction_primitive_desc_create(
                        out, engine.address(), algorithm.code, src.address(), dst.address(), 0, 0, attr),
                algorithm,
                src,
                dst);
    }
}
