package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import java.util.Arrays;

/** Descriptors of poolings: {@code [N, C, H, W]} to {@code [N, C, OH, OW]}. */
public final class Poolings {
    private Poolings() {}

    /**
     * Pooling.
     *
     * @param engine where
     * @param training whether a backward pass follows; it then leaves a workspace
     * @param algorithm maximum or mean
     * @param src {@code [N, C, H, W]}
     * @param dst {@code [N, C, OH, OW]}
     * @param kernel the window's height and width
     * @param sliding how the window moves
     * @return the descriptor
     */
    public static PrimitiveDesc forward(
            Engine engine,
            boolean training,
            Algorithm algorithm,
            MemoryDesc src,
            MemoryDesc dst,
            int[] kernel,
            Sliding sliding) {
        return PrimitiveDesc.create(
                "dnnl_pooling_forward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_pooling_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        PrimitiveDesc.forward(training),
                        algorithm.code,
                        src.address(),
                        dst.address(),
                        Sliding.longs(arena, sliding.strides()),
                        Sliding.longs(arena, kernel),
                        Sliding.longs(arena, sliding.dilates()),
                        Sliding.longs(arena, sliding.paddingBegin()),
                        Sliding.longs(arena, sliding.paddingEnd()),
                        attr),
                algorithm,
                src,
                dst,
                Arrays.toString(kernel),
                sliding);
    }

    /**
     * Pooling's gradient.
     *
     * @param engine where
     * @param algorithm as forward
     * @param diffSrc {@code [N, C, H, W]}
     * @param diffDst {@code [N, C, OH, OW]}
     * @param kernel as forward
     * @param sliding as forward
     * @param hint the forward descriptor
     * @return the descriptor
     */
    public static PrimitiveDesc backward(
            Engine engine,
            Algorithm algorithm,
            MemoryDesc diffSrc,
            MemoryDesc diffDst,
            int[] kernel,
            Sliding sliding,
            PrimitiveDesc hint) {
        return PrimitiveDesc.create(
                "dnnl_pooling_backward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_pooling_backward_primitive_desc_create(
                        out,
                        engine.address(),
                        algorithm.code,
                        diffSrc.address(),
                        diffDst.address(),
                        Sliding.longs(arena, sliding.strides()),
                        Sliding.longs(arena, kernel),
                        Sliding.longs(arena, sliding.dilates()),
                        Sliding.longs(arena, sliding.paddingBegin()),
                        Sliding.longs(arena, sliding.paddingEnd()),
                        hint.address(),
                        attr),
                algorithm,
                diffSrc,
                diffDst,
                Arrays.toString(kernel),
                sliding);
    }
}
