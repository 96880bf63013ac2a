package dev.thalweg.opencl;

import dev.thalweg.memory.CallMemory;
import dev.thalweg.memory.NativeHandle;
import dev.thalweg.memory.Scope;
import dev.thalweg.opencl.c.OpenCl;
import java.lang.foreign.MemorySegment;

/** Memory of an OpenCL device, or a part of it. {@link OpenClHeap} allocates it. */
public abstract sealed class OpenClMemory permits OpenClBuffer, OpenClUsm {
    private final MemorySegment queue;
    private final NativeHandle handle;
    private final long bytes;

    OpenClMemory(MemorySegment queue, NativeHandle handle, long bytes) {
        this.queue = queue;
        this.handle = handle;
        this.bytes = bytes;
    }

    /** Fills what was just allocated, and frees it if that fails. */
    static <M extends OpenClMemory> M zeroed(M memory) {
        try (Scope opening = new Scope()) {
            opening.own(memory::release);
            memory.clear();
            memory.check("clFinish", OpenCl.clFinish(memory.queue()));
            opening.handOver();
            return memory;
        }
    }

    /** What is allocated for so many bytes: of none there is no memory. */
    static long allocated(long bytes) {
        return Math.max(4, bytes);
    }

    /** Through which it is written and read. */
    final MemorySegment queue() {
        return queue;
    }

    /** Checks what a command of the queue returned. */
    final void check(String call, int status) {
        OpenClException.check(queue, call, status);
    }

    /**
     * {@return a part of it, to be released on its own, and before the whole}
     *
     * @param offset where it begins, a multiple of the device's alignment
     * @param size how many bytes it has
     */
    public abstract OpenClMemory part(long offset, long size);

    /**
     * {@return how large it is}
     */
    public final long bytes() {
        return bytes;
    }

    /**
     * {@return what OpenCL and oneDNN know it by: the {@code cl_mem} of a buffer, the address of unified shared memory}
     */
    public final MemorySegment handle() {
        return handle.get();
    }

    /**
     * Copies host memory here, and returns when that is done.
     *
     * @param data at most as large
     */
    public final void write(MemorySegment data) {
        try (CallMemory memory = new CallMemory()) {
            copyFrom(data.isNative() ? data : memory.allocate(data.byteSize()).copyFrom(data));
        }
    }

    /** Waits until memory off the heap is copied here. */
    abstract void copyFrom(MemorySegment data);

    /**
     * Copies what lies here to host memory, and returns when that is done.
     *
     * @param data at most as large
     */
    public final void read(MemorySegment data) {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment to = data.isNative() ? data : memory.allocate(data.byteSize());
            copyTo(to);
            if (to != data) {
                data.copyFrom(to);
            }
        }
    }

    /** Waits until this is copied to memory off the heap. */
    abstract void copyTo(MemorySegment data);

    /** Fills it with zeros, after all that was submitted before. */
    public final void clear() {
        if (bytes > 0) {
            try (CallMemory memory = new CallMemory()) {
                fill(memory.allocate(1));
            }
        }
    }

    /** Submits that all of it becomes a byte. */
    abstract void fill(MemorySegment pattern);

    /** Frees it. */
    public final void release() {
        handle.close();
    }
}
