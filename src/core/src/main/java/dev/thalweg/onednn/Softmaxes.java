package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;

/** Descriptors of softmaxes along an axis. */
public final class Softmaxes {
    private Softmaxes() {}

    /**
     * Softmax.
     *
     * @param engine where
     * @param training whether a backward pass follows
     * @param algorithm plain or logarithm
     * @param src any shape
     * @param dst the same shape
     * @param axis along which
     * @return the descriptor
     */
    public static PrimitiveDesc forward(
            Engine engine, boolean training, Algorithm algorithm, MemoryDesc src, MemoryDesc dst, int axis) {
        return PrimitiveDesc.create(
                "dnnl_softmax_forward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_softmax_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        PrimitiveDesc.forward(training),
                        algorithm.code,
                        src.address(),
                        dst.address(),
                        axis,
                        attr),
                algorithm,
                src,
                dst,
                axis);
    }

    /**
     * Softmax's gradient.
     *
     * @param engine where
     * @param algorithm as forward
     * @param diffSrc the gradient at the source
     * @param diffDst the gradient at the destination
     * @param dst the forward result
     * @param axis as forward
     * @param hint the forward descriptor
     * @return the descriptor
     */
    public static PrimitiveDesc backward(
            Engine engine,
            Algorithm algorithm,
            MemoryDesc diffSrc,
            MemoryDesc diffDst,
            MemoryDesc dst,
            int axis,
            PrimitiveDesc hint) {
        return PrimitiveDesc.create(
                "dnnl_softmax_backward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_softmax_backward_primitive_desc_create(
                        out,
                        engine.address(),
                        algorithm.code,
                        diffSrc.address(),
                        diffDst.address(),
                        dst.address(),
                        axis,
                        hint.address(),
                        attr),
                algorithm,
                diffSrc,
                diffDst,
                dst,
                axis);
    }
}
