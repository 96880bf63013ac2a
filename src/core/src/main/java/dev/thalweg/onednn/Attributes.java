package dev.thalweg.onednn;

import dev.thalweg.memory.NativeHandle;
import dev.thalweg.memory.Scope;
import dev.thalweg.onednn.c.Dnnl;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * What a primitive does beside its operation: the scratchpad is always the caller's, so that executing allocates
 * nothing, and post-ops are applied to the result in order.
 *
 * @param postOps from first to last
 */
public record Attributes(List<PostOp> postOps) {
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
     */
    public record Sum(float scale) implements PostOp {}

    /** No post-ops. */
    public static final Attributes NONE = new Attributes(List.of());

    /** Copies the list. */
    public Attributes {
        postOps = List.copyOf(postOps);
    }

    /**
     * {@return these attributes and one more post-op}
     *
     * @param postOp what is done after the others
     */
    public Attributes then(PostOp postOp) {
        List<PostOp> all = new ArrayList<>(postOps);
        all.add(postOp);
        return new Attributes(all);
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
                        Dnnl.dnnl_post_ops_append_sum(list, s.scale(), 0, Dnnl.dnnl_data_type_undef()),
                        s);
        }
    }
}
