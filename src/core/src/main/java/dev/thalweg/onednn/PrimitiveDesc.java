package dev.thalweg.onednn;

import dev.thalweg.memory.CallMemory;
import dev.thalweg.memory.NativeHandle;
import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An operation with its layouts and its implementation chosen: what oneDNN will compute. A memory descriptor made with
 * {@link MemoryDesc#any} leaves the layout to it; the queries tell what it chose.
 */
public final class PrimitiveDesc implements AutoCloseable {
    /** Arguments whose layout an implementation chooses. */
    private static final Set<Argument> CHOSEN = EnumSet.of(
            Argument.SRC,
            Argument.SRC_1,
            Argument.DST,
            Argument.WEIGHTS,
            Argument.WEIGHTS_ITER,
            Argument.DIFF_SRC,
            Argument.DIFF_DST,
            Argument.DIFF_WEIGHTS,
            Argument.DIFF_WEIGHTS_ITER,
            Argument.WORKSPACE);

    /** Arguments that are the second of their kind in a query. */
    private static final Set<Argument> SECOND = EnumSet.of(
            Argument.SRC_1, Argument.WEIGHTS_ITER, Argument.DIFF_WEIGHTS_ITER, Argument.BIAS, Argument.DIFF_BIAS);

    /** As {@code ref:any} on CPUs; on GPUs, {@code ocl:ref:any}, the language comes first. */
    private static final Pattern REFERENCE = Pattern.compile("(^|:)ref(:|_|$)");

    private final String operation;
    private final NativeHandle handle;

    private PrimitiveDesc(String operation, NativeHandle handle) {
        this.operation = operation;
        this.handle = handle;
    }

    interface Creation {
        int call(MemorySegment out, MemorySegment attributes, SegmentAllocator memory);
    }

    static PrimitiveDesc create(String call, Attributes attributes, Creation creation, @Nullable Object... arguments) {
        try (CallMemory memory = new CallMemory();
                NativeHandle attr = attributes.create()) {
            String operation = call.replace("dnnl_", "").replace("_primitive_desc_create", "");
            return new PrimitiveDesc(
                    operation,
                    Handles.create(
                            call,
                            operation + " " + Arrays.toString(arguments),
                            out -> creation.call(out, attr.get(), memory),
                            Dnnl::dnnl_primitive_desc_destroy));
        }
    }

    static int forward(boolean training) {
        return training ? Dnnl.dnnl_forward_training() : Dnnl.dnnl_forward_inference();
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
                (out, attr, memory) -> Dnnl.dnnl_reorder_primitive_desc_create(
                        out, src.address(), engine.address(), dst.address(), engine.address(), attr),
                src,
                dst);
    }

    /**
     * Tensors side by side along an axis.
     *
     * @param engine where
     * @param axis along which
     * @param sources equal in all other extents
     * @param dst as long along the axis as they are together; if any, it is chosen by their layouts
     * @return the descriptor
     */
    public static PrimitiveDesc concat(Engine engine, int axis, List<MemoryDesc> sources, MemoryDesc dst) {
        return create(
                "dnnl_concat_primitive_desc_create",
                Attributes.NONE,
                (out, attr, memory) -> {
                    MemorySegment addresses = memory.allocate(ValueLayout.ADDRESS, sources.size());
                    for (int i = 0; i < sources.size(); i++) {
                        addresses.setAtIndex(
                                ValueLayout.ADDRESS, i, sources.get(i).address());
                    }
                    return Dnnl.dnnl_concat_primitive_desc_create(
                            out, engine.address(), dst.address(), sources.size(), axis, addresses, attr);
                },
                axis,
                sources,
                dst);
    }

    /**
     * Chooses the next of oneDNN's implementations that computes the same in the same layouts, with no larger
     * scratchpad: memory may be placed already.
     *
     * @return whether there is one; if not, this descriptor is of no use any more
     */
    boolean chooseNext() {
        // A clone answers queries, but has no further implementations: they remain with the original.
        try (PrimitiveDesc before = new PrimitiveDesc(
                operation,
                Handles.create(
                        "dnnl_primitive_desc_clone",
                        this,
                        out -> Dnnl.dnnl_primitive_desc_clone(out, address()),
                        Dnnl::dnnl_primitive_desc_destroy))) {
            while (true) {
                int status = Dnnl.dnnl_primitive_desc_next_impl(address());
                if (status == Dnnl.dnnl_last_impl_reached()) {
                    return false;
                }
                Status.check("dnnl_primitive_desc_next_impl", status, this);
                if (fits(before)) {
                    return true;
                }
            }
        }
    }

    private boolean fits(PrimitiveDesc other) {
        return size(Argument.SCRATCHPAD) <= other.size(Argument.SCRATCHPAD)
                && CHOSEN.stream().allMatch(a -> Dnnl.dnnl_memory_desc_equal(query(a), other.query(a)) != 0);
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
                    DST_ITER,
                    DST_ITER_C,
                    DIFF_DST_ITER,
                    DIFF_DST_ITER_C,
                    MEAN,
                    VARIANCE,
                    SCALE,
                    SHIFT,
                    DIFF_SCALE,
                    DIFF_SHIFT,
                    SRC_SCALES,
                    WEIGHTS_SCALES,
                    DST_SCALES,
                    SRC_ZERO_POINTS,
                    DST_ZERO_POINTS ->
                throw new IllegalArgumentException("oneDNN: the layout of " + argument + " is always the plain one");
        };
        return Dnnl.dnnl_primitive_desc_query_md(address(), what, SECOND.contains(argument) ? 1 : 0);
    }

    /** {@return what is computed, as {@code convolution_backward_data}} */
    public String operation() {
        return operation;
    }

    /** {@return what oneDNN calls the implementation it chose, as {@code jit:avx2}} */
    @SuppressWarnings("restricted") // It is a string of C, which ends where it ends.
    public String implementation() {
        return Handles.ask(
                        handle,
                        "dnnl_primitive_desc_query",
                        (desc, out) -> Dnnl.dnnl_primitive_desc_query(desc, Dnnl.dnnl_query_impl_info_str(), 0, out))
                .reinterpret(Long.MAX_VALUE)
                .getString(0);
    }

    /** {@return whether that is one of those that are there for completeness, and slow} */
    public boolean isReference() {
        return isReference(implementation());
    }

    /**
     * {@return whether an implementation is one of those that are there for completeness, and slow}
     *
     * @param implementation what oneDNN calls it
     */
    public static boolean isReference(String implementation) {
        return REFERENCE.matcher(implementation).find();
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
