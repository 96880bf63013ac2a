package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import java.lang.foreign.MemorySegment;

/** A described piece of host memory that primitives read and write. The segment must outlive it. */
public final class Memory implements AutoCloseable {
    private final Handle handle;

    /**
     * Describes host memory.
     *
     * @param engine that computes on it
     * @param desc what lies in it
     * @param data off the heap, at least as large as the descriptor says
     * @throws IllegalArgumentException if the segment is on the heap or too small
     */
    public Memory(Engine engine, MemoryDesc desc, MemorySegment data) {
        if (!data.isNative() || data.byteSize() < desc.size()) {
            throw new IllegalArgumentException("oneDNN memory " + desc + " takes " + desc.size() + " bytes off the heap, got " + data);
        }
        handle = Handle.create("dnnl_memory_create", "memory " + desc,
                out -> Dnnl.dnnl_memory_create(out, desc.address(), engine.address(), data), Dnnl::dnnl_memory_destroy);
    }

    MemorySegment address() {
        return handle.get();
    }

    @Override
    public void close() {
        handle.close();
    }
}
