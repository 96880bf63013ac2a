package dev.thalweg.opencl;

import java.lang.foreign.MemorySegment;

/** Memory of an OpenCL device, or a part of it. {@link OpenClHeap} allocates it. */
public sealed interface OpenClMemory permits OpenClBuffer, OpenClUsm {
    /**
     * {@return a part of it, to be released on its own, and before the whole}
     *
     * @param offset where it begins, a multiple of the device's alignment
     * @param size how many bytes it has
     */
    OpenClMemory part(long offset, long size);

    /**
     * {@return how large it is}
     */
    long bytes();

    /**
     * {@return what OpenCL and oneDNN know it by: the {@code cl_mem} of a buffer, the address of unified shared memory}
     */
    MemorySegment handle();

    /**
     * Copies host memory here, and returns when that is done.
     *
     * @param data at most as large
     */
    void write(MemorySegment data);

    /**
     * Copies what lies here to host memory, and returns when that is done.
     *
     * @param data at most as large
     */
    void read(MemorySegment data);

    /** Fills it with zeros, after all that was submitted before. */
    void clear();

    /** Frees it. */
    void release();
}
