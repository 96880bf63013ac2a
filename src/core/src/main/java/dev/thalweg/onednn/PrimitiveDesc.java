package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * An operation with its layouts and its implementation chosen: what oneDNN will compute. A memory descriptor made with
 * {@link MemoryDesc#any} leaves the layout to it; the queries tell what it chose.
 */
public final class PrimitiveDesc implements AutoCloseable {
    private final Handle handle;

    private PrimitiveDesc(Handle handle) {
        this.handle = handle;
    }

    interface Creation {
        int call(MemorySegment out, MemorySegment attributes, Arena arena);
    }

    static PrimitiveDesc create(String call, Attributes attributes, Creation creation, Object... arguments) {
        try (Arena arena = Arena.ofConfined();
                Handle attr = attributes.create()) {
            return new PrimitiveDesc(Handle.create(
                    call,
                    call.replace("dnnl_", "").replace("_primitive_desc_create", "") + " " + Arrays.toString(arguments),
                    out -> creation.call(out, attr.get(), arena),
                    Dnnl::dnnl_primitive_desc_destroy));
        }
    }

    private static MemorySegment longs(Arena arena, int[] values) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, Sliding.longs(values));
    }

    private static MemorySegment orNull(MemoryDesc desc) {
        return desc == null ? MemorySegment.NULL : desc.address();
    }

    static int forward(boolean training) {
        return training ? Dnnl.dnnl_forward_training() : Dnnl.dnnl_forward_inference();
    }

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
    public static PrimitiveDesc convolutionForward(
            Engine engine,
            boolean training,
            MemoryDesc src,
            MemoryDesc weights,
            MemoryDesc bias,
            MemoryDesc dst,
            Sliding sliding,
            Attributes attributes) {
        return create(
                "dnnl_convolution_forward_primitive_desc_create",
                attributes,
                (out, attr, arena) -> Dnnl.dnnl_convolution_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        forward(training),
                        Algorithm.CONVOLUTION_DIRECT.code,
                        src.address(),
                        weights.address(),
                        orNull(bias),
                        dst.address(),
                        longs(arena, sliding.strides()),
                        longs(arena, sliding.dilates()),
                        longs(arena, sliding.paddingBegin()),
                        longs(arena, sliding.paddingEnd()),
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
    public static PrimitiveDesc convolutionBackwardData(
            Engine engine,
            MemoryDesc diffSrc,
            MemoryDesc weights,
            MemoryDesc diffDst,
            Sliding sliding,
            PrimitiveDesc hint) {
        return create(
                "dnnl_convolution_backward_data_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                        out,
                        engine.address(),
                        Algorithm.CONVOLUTION_DIRECT.code,
                        diffSrc.address(),
                        weights.address(),
                        diffDst.address(),
                        longs(arena, sliding.strides()),
                        longs(arena, sliding.dilates()),
                        longs(arena, sliding.paddingBegin()),
                        longs(arena, sliding.paddingEnd()),
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
    public static PrimitiveDesc convolutionBackwardWeights(
            Engine engine,
            MemoryDesc src,
            MemoryDesc diffWeights,
            MemoryDesc diffBias,
            MemoryDesc diffDst,
            Sliding sliding,
            PrimitiveDesc hint) {
        return create(
                "dnnl_convolution_backward_weights_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                        out,
                        engine.address(),
                        Algorithm.CONVOLUTION_DIRECT.code,
                        src.address(),
                        diffWeights.address(),
                        orNull(diffBias),
                        diffDst.address(),
                        longs(arena, sliding.strides()),
                        longs(arena, sliding.dilates()),
                        longs(arena, sliding.paddingBegin()),
                        longs(arena, sliding.paddingEnd()),
                        hint.address(),
                        attr),
                src,
                diffWeights,
                diffBias,
                diffDst,
                sliding);
    }

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
    public static PrimitiveDesc poolingForward(
            Engine engine,
            boolean training,
            Algorithm algorithm,
            MemoryDesc src,
            MemoryDesc dst,
            int[] kernel,
            Sliding sliding) {
        return create(
                "dnnl_pooling_forward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_pooling_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        forward(training),
                        algorithm.code,
                        src.address(),
                        dst.address(),
                        longs(arena, sliding.strides()),
                        longs(arena, kernel),
                        longs(arena, sliding.dilates()),
                        longs(arena, sliding.paddingBegin()),
                        longs(arena, sliding.paddingEnd()),
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
    public static PrimitiveDesc poolingBackward(
            Engine engine,
            Algorithm algorithm,
            MemoryDesc diffSrc,
            MemoryDesc diffDst,
            int[] kernel,
            Sliding sliding,
            PrimitiveDesc hint) {
        return create(
                "dnnl_pooling_backward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_pooling_backward_primitive_desc_create(
                        out,
                        engine.address(),
                        algorithm.code,
                        diffSrc.address(),
                        diffDst.address(),
                        longs(arena, sliding.strides()),
                        longs(arena, kernel),
                        longs(arena, sliding.dilates()),
                        longs(arena, sliding.paddingBegin()),
                        longs(arena, sliding.paddingEnd()),
                        hint.address(),
                        attr),
                algorithm,
                diffSrc,
                diffDst,
                Arrays.toString(kernel),
                sliding);
    }

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
    public static PrimitiveDesc innerProductForward(
            Engine engine,
            boolean training,
            MemoryDesc src,
            MemoryDesc weights,
            MemoryDesc bias,
            MemoryDesc dst,
            Attributes attributes) {
        return create(
                "dnnl_inner_product_forward_primitive_desc_create",
                attributes,
                (out, attr, arena) -> Dnnl.dnnl_inner_product_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        forward(training),
                        src.address(),
                        weights.address(),
                        orNull(bias),
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
    public static PrimitiveDesc innerProductBackwardData(
            Engine engine, MemoryDesc diffSrc, MemoryDesc weights, MemoryDesc diffDst, PrimitiveDesc hint) {
        return create(
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
    public static PrimitiveDesc innerProductBackwardWeights(
            Engine engine,
            MemoryDesc src,
            MemoryDesc diffWeights,
            MemoryDesc diffBias,
            MemoryDesc diffDst,
            PrimitiveDesc hint) {
        return create(
                "dnnl_inner_product_backward_weights_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_inner_product_backward_weights_primitive_desc_create(
                        out,
                        engine.address(),
                        src.address(),
                        diffWeights.address(),
                        orNull(diffBias),
                        diffDst.address(),
                        hint.address(),
                        attr),
                src,
                diffWeights,
                diffBias,
                diffDst);
    }

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
    public static PrimitiveDesc softmaxForward(
            Engine engine, boolean training, Algorithm algorithm, MemoryDesc src, MemoryDesc dst, int axis) {
        return create(
                "dnnl_softmax_forward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_softmax_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        forward(training),
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
    public static PrimitiveDesc softmaxBackward(
            Engine engine,
            Algorithm algorithm,
            MemoryDesc diffSrc,
            MemoryDesc diffDst,
            MemoryDesc dst,
            int axis,
            PrimitiveDesc hint) {
        return create(
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
    public static PrimitiveDesc eltwiseForward(
            Engine engine,
            boolean training,
            Algorithm algorithm,
            MemoryDesc src,
            MemoryDesc dst,
            float alpha,
            float beta) {
        return create(
                "dnnl_eltwise_forward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_eltwise_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        forward(training),
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
    public static PrimitiveDesc eltwiseBackward(
            Engine engine,
            Algorithm algorithm,
            MemoryDesc diffSrc,
            MemoryDesc diffDst,
            MemoryDesc data,
            float alpha,
            float beta,
            PrimitiveDesc hint) {
        return create(
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
        return create(
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
        return create(
                "dnnl_reduction_primitive_desc_create",
                attributes,
                (out, attr, arena) -> Dnnl.dnnl_reduction_primitive_desc_create(
                        out, engine.address(), algorithm.code, src.address(), dst.address(), 0, 0, attr),
                algorithm,
                src,
                dst);
    }

    /**
     * Matrix products of the last two axes.
     *
     * @param engine where
     * @param src {@code [..., M, K]}
     * @param weights {@code [..., K, N]}
     * @param dst {@code [..., M, N]}
     * @return the descriptor
     */
    public static PrimitiveDesc matmul(Engine engine, MemoryDesc src, MemoryDesc weights, MemoryDesc dst) {
        return create(
                "dnnl_matmul_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_matmul_primitive_desc_create(
                        out,
                        engine.address(),
                        src.address(),
                        weights.address(),
                        MemorySegment.NULL,
                        dst.address(),
                        attr),
                src,
                weights,
                dst);
    }

    /**
     * Copy between layouts and data types.
     *
     * @param engine where
     * @param src from
     * @param dst to, of the same dims
     * @return the descriptor
     */
    public static PrimitiveDesc reorder(Engine engine, MemoryDesc src, MemoryDesc dst) {
        return create(
                "dnnl_reorder_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_reorder_primitive_desc_create(
                        out, src.address(), engine.address(), dst.address(), engine.address(), attr),
                src,
                dst);
    }

    /**
     * {@return the layout that was chosen for an argument}
     *
     * @param argument which
     * @param dims its extents
     * @param type its data type
     * @throws IllegalArgumentException if the primitive has no such argument
     */
    public MemoryDesc layout(Argument argument, Shape dims, DataType type) {
        MemorySegment borrowed = query(argument);
        if (borrowed.equals(MemorySegment.NULL)) {
            throw new IllegalArgumentException("oneDNN: " + this + " has no argument " + argument);
        }
        return MemoryDesc.copyOf(borrowed, dims, type);
    }

    /**
     * {@return how many bytes an argument takes, 0 where the primitive has none}
     *
     * @param argument which
     */
    public long size(Argument argument) {
        MemorySegment borrowed = query(argument);
        return borrowed.equals(MemorySegment.NULL) ? 0 : Dnnl.dnnl_memory_desc_get_size(borrowed);
    }

    private MemorySegment query(Argument argument) {
        int what = switch (argument) {
            case SRC, SRC_1 -> Dnnl.dnnl_query_src_md();
            case DST -> Dnnl.dnnl_query_dst_md();
            case WEIGHTS, WEIGHTS_ITER, BIAS -> Dnnl.dnnl_query_weights_md();
            case DIFF_SRC -> Dnnl.dnnl_query_diff_src_md();
            case DIFF_DST -> Dnnl.dnnl_query_diff_dst_md();
            case DIFF_WEIGHTS, DIFF_WEIGHTS_ITER, DIFF_BIAS -> Dnnl.dnnl_query_diff_weights_md();
            case WORKSPACE -> Dnnl.dnnl_query_workspace_md();
            case SCRATCHPAD -> Dnnl.dnnl_query_scratchpad_md();
            case SRC_ITER,
                    SRC_ITER_C,
                    DIFF_SRC_ITER,
                    DIFF_SRC_ITER_C,
                    MEAN,
                    VARIANCE,
                    SCALE,
                    SHIFT,
                    DIFF_SCALE,
                    DIFF_SHIFT ->
                throw new IllegalArgumentException("oneDNN: the layout of " + argument + " is always the plain one");
        };
        int index = switch (argument) {
            case SRC_1, WEIGHTS_ITER, DIFF_WEIGHTS_ITER, BIAS, DIFF_BIAS -> 1;
            default -> 0;
        };
        return Dnnl.dnnl_primitive_desc_query_md(address(), what, index);
    }

    MemorySegment address() {
        return handle.get();
    }

    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
