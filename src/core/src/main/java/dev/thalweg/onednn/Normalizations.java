package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;

/**
 * Descriptors of normalizations. Scales, shifts, means and variances lie plain: a float for each channel of a batch,
 * for each column or row of a layer.
 */
public final class Normalizations {
    private static final int SCALE_AND_SHIFT = Dnnl.dnnl_use_scale() | Dnnl.dnnl_use_shift();

    private Normalizations() {}

    private static int flags(boolean given, boolean relu) {
        return SCALE_AND_SHIFT | (given ? Dnnl.dnnl_use_global_stats() : 0) | (relu ? Dnnl.dnnl_fuse_norm_relu() : 0);
    }

    /**
     * Batch normalization.
     *
     * @param engine where
     * @param training whether a backward pass follows
     * @param given whether means and variances are arguments, not results
     * @param relu whether a ReLU follows; in training it needs a workspace
     * @param layout of the source and the destination, {@code [N, C, ...]}
     * @param epsilon added to variances
     * @return the descriptor
     */
    public static PrimitiveDesc batchForward(
            Engine engine, boolean training, boolean given, boolean relu, MemoryDesc layout, float epsilon) {
        return PrimitiveDesc.create(
                "dnnl_batch_normalization_forward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        PrimitiveDesc.forward(training),
                        layout.address(),
                        layout.address(),
                        epsilon,
                        flags(given, relu),
                        attr),
                layout,
                epsilon,
                given,
                relu);
    }

    /**
     * Layer normalization, with means and variances as results.
     *
     * @param engine where
     * @param scaled whether there are scales and shifts
     * @param layout of the source and the destination, {@code [N, D]}
     * @param statistics of the means and of the variances, {@code [N]}
     * @param epsilon added to variances
     * @return the descriptor
     */
    public static PrimitiveDesc layerForward(
            Engine engine, boolean scaled, MemoryDesc layout, MemoryDesc statistics, float epsilon) {
        return PrimitiveDesc.create(
                "dnnl_layer_normalization_forward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_layer_normalization_forward_primitive_desc_create(
                        out,
                        engine.address(),
                        PrimitiveDesc.forward(true),
                        layout.address(),
                        layout.address(),
                        statistics.address(),
                        epsilon,
                        scaled ? SCALE_AND_SHIFT : 0,
                        attr),
                layout,
                scaled,
                epsilon);
    }

    /**
     * Layer normalization's gradients.
     *
     * @param engine where
     * @param scaled as forward
     * @param layout of the source and both gradients
     * @param statistics as forward
     * @param epsilon as forward
     * @param hint the forward descriptor
     * @return the descriptor
     */
    public static PrimitiveDesc layerBackward(
            Engine engine,
            boolean scaled,
            MemoryDesc layout,
            MemoryDesc statistics,
            float epsilon,
            PrimitiveDesc hint) {
        return PrimitiveDesc.create(
                "dnnl_layer_normalization_backward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_layer_normalization_backward_primitive_desc_create(
                        out,
                        engine.address(),
                        scaled ? Dnnl.dnnl_backward() : Dnnl.dnnl_backward_data(),
                        layout.address(),
                        layout.address(),
                        layout.address(),
                        statistics.address(),
                        epsilon,
                        scaled ? SCALE_AND_SHIFT : 0,
                        hint.address(),
                        attr),
                layout,
                scaled,
                epsilon);
    }

    /**
     * Batch normalization's gradients.
     *
     * @param engine where
     * @param relu as forward
     * @param layout of the source and both gradients
     * @param epsilon as forward
     * @param hint the forward descriptor
     * @return the descriptor
     */
    public static PrimitiveDesc batchBackward(
            Engine engine, boolean relu, MemoryDesc layout, float epsilon, PrimitiveDesc hint) {
        return PrimitiveDesc.create(
                "dnnl_batch_normalization_backward_primitive_desc_create",
                Attributes.NONE,
                (out, attr, arena) -> Dnnl.dnnl_batch_normalization_backward_primitive_desc_create(
                        out,
                        engine.address(),
                        Dnnl.dnnl_backward(),
                        layout.address(),
                        layout.address(),
                        layout.address(),
                        epsilon,
                        flags(false, relu),
                        hint.address(),
                        attr),
                layout,
                epsilon,
                relu);
    }
}
