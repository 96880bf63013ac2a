package dev.thalweg.onednn;

import dev.thalweg.memory.NativeHandle;
import dev.thalweg.memory.Scope;
import dev.thalweg.onednn.c.Dnnl;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a primitive does beside its operation: the scratchpad is always the caller's, so that executing allocates
 * nothing, and post-ops are applied to the result in order.
 *
 * @param postOps from first to last
 * @param scales for each argument that is quantized, along which of its axes its scales vary: bit i for axis i, 0 for
 *     one scale
 * @param zeroPoints the arguments in which another integer than 0 stands for 0
 */
public record Attributes(List<PostOp> postOps, Map<Quantized, Integer> scales, Set<Quantized> zeroPoints) {
    /** An argument that may hold integers which stand for floats; they are given when the primitive is executed. */
    public enum Quantized {
        /** The source. */
        SRC(Dnnl.DNNL_ARG_SRC()),
        /** The weights. */
        WEIGHTS(Dnnl.DNNL_ARG_WEIGHTS()),
        /** The destination. */
        DST(Dnnl.DNNL_ARG_DST());

        private final int code;

        Quantized(int code) {
            this.code = code;
        }
    }

    /** Something done to a primitive's result before it is stored. */
    public sealed interface PostOp {}

    /**
     * An elementwise function.
     *
     * @param algorithm which
     * @param alpha its first coefficient
     * @param beta its second coefficient
     */
    public record Eltwise(Algorithm algorithm, float alpha, float beta) implements PostOp {}

    /**
     * Adds what the destination held before.
     *
     * @param scale factor of the old content
     * @param zeroPoint what is taken from the old content before
     */
    public record Sum(float scale, int zeroPoint) implements PostOp {}

    /** No post-ops, and nothing quantized. */
    public static final Attributes NONE = new Attributes(List.of(), Map.of(), Set.of());

    /** Copies what is given. */
    public Attributes {
        postOps = List.copyOf(postOps);
        scales = Map.copyOf(scales);
        zeroPoints = Set.copyOf(zeroPoints);
    }

    /**
     * {@return these attributes and one more post-op}
     *
     * @param postOp what is done after the others
     */
    public Attributes then(PostOp postOp) {
        List<PostOp> all = new ArrayList<>(postOps);
        all.add(postOp);
        return new Attributes(all, scales, zeroPoints);
    }

    /**
     * {@return these post-ops on quantized arguments}
     *
     * @param varying for each argument that has scales, along which axes they vary
     * @param shifted the arguments that have zero points
     */
    public Attributes quantized(Map<Quantized, Integer> varying, Set<Quantized> shifted) {
        return new Attributes(postOps, varying, shifted);
    }

    NativeHandle create() {
        try (Scope opening = new Scope()) {
            NativeHandle attributes = opening.own(Handles.create(
                    "dnnl_primitive_attr_create",
                    this,
                    Dnnl::dnnl_primitive_attr_create,
                    Dnnl::dnnl_primitive_attr_destroy));
            Status.check(
                    "dnnl_primitive_attr_set_scratchpad_mode",
                    Dnnl.dnnl_primitive_attr_set_scratchpad_mode(attributes.get(), Dnnl.dnnl_scratchpad_mode_user()),
                    this);
            if (!postOps.isEmpty()) {
                setPostOps(attributes);
            }
            scales.forEach((argument, mask) -> Status.check(
                    "dnnl_primitive_attr_set_scales_mask",
                    Dnnl.dnnl_primitive_attr_set_scales_mask(attributes.get(), argument.code, mask),
                    this));
            zeroPoints.forEach(argument -> Status.check(
                    "dnnl_primitive_attr_set_zero_points_mask",
                    Dnnl.dnnl_primitive_attr_set_zero_points_mask(attributes.get(), argument.code, 0),
                    this));
            opening.handOver();
            return attributes;
        }
    }

    private void setPostOps(NativeHandle attributes) {
        try (NativeHandle list =
                Handles.create("dnnl_post_ops_create", this, Dnnl::dnnl_post_ops_create, Dnnl::dnnl_post_ops_destroy)) {
            postOps.forEach(op -> append(list.get(), op));
            Status.check(
                    "dnnl_primitive_attr_set_post_ops",
                    Dnnl.dnnl_primitive_attr_set_post_ops(attributes.get(), list.get()),
                    this);
        }
    }

    private void append(MemorySegment list, PostOp op) {
        switch (op) {
            case Eltwise e ->
                Status.check(
                        "dnnl_post_ops_append_eltwise",
                        Dnnl.dnnl_post_ops_append_eltwise(list, e.algorithm().code, e.alpha(), e.beta()),
                        e);
            case Sum s ->
                Status.check(
                        "dnnl_post_ops_append_sum",
                        Dnnl.dnnl_post_ops_append_sum(list, s.scale(), s.zeroPoint(), Dnnl.dnnl_data_type_undef()),
                        s);
        }
    }
}
