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
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Dims, data type and layout of a memory. */
public final class MemoryDesc implements AutoCloseable {
    private final NativeHandle handle;
    private final Shape dims;
    private final DataType type;

    private MemoryDesc(NativeHandle handle, Shape dims, DataType type) {
        this.handle = handle;
        this.dims = dims;
        this.type = type;
    }

    /**
     * A row-major layout without gaps.
     *
     * @param dims the extents
     * @param type the elements' type
     * @return the descriptor
     */
    public static MemoryDesc plain(Shape dims, DataType type) {
        return strided(dims, type, rowMajor(dims));
    }

    private static long[] rowMajor(Shape dims) {
        long[] strides = new long[dims.rank()];
        long stride = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= dims.dim(i);
        }
        return strides;
    }

    private static MemoryDesc strided(Shape dims, DataType type, long[] strides) {
        return create(
                "dnnl_memory_desc_create_with_strides",
                dims,
                type,
                (out, memory) -> Dnnl.dnnl_memory_desc_create_with_strides(
                        out,
                        dims.rank(),
                        longs(memory, dims),
                        DataTypes.code(type),
                        memory.allocateFrom(ValueLayout.JAVA_LONG, strides)));
    }

    /**
     * A row-major layout seen with its axes in another order.
     *
     * @param dims the extents as they lie
     * @param type the elements' type
     * @param order for each axis seen, which axis it is as they lie
     * @return the descriptor
     */
    public static MemoryDesc transposed(Shape dims, DataType type, List<Integer> order) {
        long[] strides = rowMajor(dims);
        return strided(
                Shape.of(order.stream().mapToInt(dims::dim).toArray()),
                type,
                order.stream().mapToLong(axis -> strides[axis]).toArray());
    }

    /**
     * A part of this memory, in the same place.
     *
     * @param axis along which it is a part
     * @param from the first index of it
     * @param length how many indices
     * @return the descriptor
     */
    public MemoryDesc part(int axis, int from, int length) {
        Shape part = dims.with(axis, length);
        long[] offsets = new long[dims.rank()];
        offsets[axis] = from;
        return create(
                "dnnl_memory_desc_create_submemory",
                part,
                type,
                (out, memory) -> Dnnl.dnnl_memory_desc_create_submemory(
                        out, address(), longs(memory, part), memory.allocateFrom(ValueLayout.JAVA_LONG, offsets)));
    }

    /**
     * A layout that the primitive may choose ({@code format_tag_any}).
     *
     * @param dims the extents
     * @param type the elements' type
     * @return the descriptor
     */
    public static MemoryDesc any(Shape dims, DataType type) {
        return create(
                "dnnl_memory_desc_create_with_tag",
                dims,
                type,
                (out, memory) -> Dnnl.dnnl_memory_desc_create_with_tag(
                        out, dims.rank(), longs(memory, dims), DataTypes.code(type), Dnnl.dnnl_format_tag_any()));
    }

    /** Copies a descriptor that a primitive descriptor owns. */
    static MemoryDesc copyOf(MemorySegment borrowed, Shape dims, DataType type) {
        return create(
                "dnnl_memory_desc_clone", dims, type, (out, memory) -> Dnnl.dnnl_memory_desc_clone(out, borrowed));
    }

    /**
     * {@return a descriptor of the same layout that is closed on its own}
     */
    public MemoryDesc copy() {
        return copyOf(address(), dims, type);
    }

    private interface Creation {
        int call(MemorySegment out, SegmentAllocator memory);
    }

    private static MemoryDesc create(String call, Shape dims, DataType type, Creation creation) {
        try (CallMemory memory = new CallMemory()) {
            NativeHandle handle = Handles.create(
                    call,
                    "memory descriptor " + type + " " + dims,
                    out -> creation.call(out, memory),
                    Dnnl::dnnl_memory_desc_destroy);
            return new MemoryDesc(handle, dims, type);
        }
    }

    private static MemorySegment longs(SegmentAllocator memory, Shape shape) {
        return Sliding.longs(memory, shape.toArray());
    }

    /**
     * {@return the extents}
     */
    public Shape dims() {
        return dims;
    }

    /**
     * {@return the elements' type}
     */
    public DataType type() {
        return type;
    }

    /**
     * {@return the bytes that memory of this layout takes, padding included}
     */
    public long size() {
        return Dnnl.dnnl_memory_desc_get_size(address());
    }

    /**
     * {@return whether dims, type and layout are those of another descriptor}
     *
     * @param other the other
     */
    public boolean sameAs(MemoryDesc other) {
        return this == other || Dnnl.dnnl_memory_desc_equal(address(), other.address()) != 0;
    }

    /**
     * {@return dims, type, offset, strides and blocks, in words that two descriptors share only where they lay elements
     * out alike, on whatever machines}
     */
    public String layout() {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment result = memory.allocate(ValueLayout.JAVA_LONG);
            int kind = number(Dnnl.dnnl_query_format_kind(), result);
            if (kind != Dnnl.dnnl_blocked()) {
                return this + ", oneDNN's own " + HexFormat.of().formatHex(blob(memory));
            }
            int blocks = number(Dnnl.dnnl_query_inner_nblks_s32(), result);
            return "%s in %s from %s, offset %d, strides %s, blocks of %s along %s"
                    .formatted(
                            this,
                            numbers(Dnnl.dnnl_query_padded_dims(), dims.rank(), result),
                            numbers(Dnnl.dnnl_query_padded_offsets(), dims.rank(), result),
                            offset(result),
                            numbers(Dnnl.dnnl_query_strides(), dims.rank(), result),
                            numbers(Dnnl.dnnl_query_inner_blks(), blocks, result),
                            numbers(Dnnl.dnnl_query_inner_idxs(), blocks, result));
        }
    }

    private byte[] blob(CallMemory memory) {
        MemorySegment size = memory.allocate(ValueLayout.JAVA_LONG);
        Status.check(
                "dnnl_memory_desc_get_blob", Dnnl.dnnl_memory_desc_get_blob(MemorySegment.NULL, size, address()), this);
        MemorySegment blob = memory.allocate(size.get(ValueLayout.JAVA_LONG, 0), 1);
        Status.check("dnnl_memory_desc_get_blob", Dnnl.dnnl_memory_desc_get_blob(blob, size, address()), this);
        return blob.toArray(ValueLayout.JAVA_BYTE);
    }

    private int number(int what, MemorySegment result) {
        query(what, result);
        return result.get(ValueLayout.JAVA_INT, 0);
    }

    private long offset(MemorySegment result) {
        query(Dnnl.dnnl_query_submemory_offset_s64(), result);
        return result.get(ValueLayout.JAVA_LONG, 0);
    }

    @SuppressWarnings("restricted") // An array of the descriptor's has as many numbers as that says.
    private List<Long> numbers(int what, int count, MemorySegment result) {
        query(what, result);
        MemorySegment numbers =
                result.get(ValueLayout.ADDRESS, 0).reinterpret(count * ValueLayout.JAVA_LONG.byteSize());
        return Arrays.stream(numbers.toArray(ValueLayout.JAVA_LONG)).boxed().toList();
    }

    private void query(int what, MemorySegment result) {
        Status.check("dnnl_memory_desc_query", Dnnl.dnnl_memory_desc_query(address(), what, result), this);
    }

    /** Its address; NULL for none. */
    static MemorySegment orNull(@Nullable MemoryDesc desc) {
        return desc == null ? MemorySegment.NULL : desc.address();
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
        return type + " " + dims;
    }
}
