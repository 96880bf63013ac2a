package dev.thalweg.onednn;

import dev.thalweg.memory.NativeHandle;
import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.opencl.OpenClBuffer;
import dev.thalweg.opencl.OpenClMemory;
import dev.thalweg.opencl.OpenClUsm;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A described piece of memory that primitives read and write. A host segment must outlive it. */
public final class Memory implements AutoCloseable {
    /** oneDNN's DNNL_MEMORY_ALLOCATE, a macro that the bindings lack. */
    private static final MemorySegment ALLOCATE = MemorySegment.ofAddress(-1);

    private final NativeHandle handle;

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
            throw new IllegalArgumentException(
                    "oneDNN memory " + desc + " takes " + desc.size() + " bytes off the heap, got " + data);
        }
        handle = Handles.create(
                "dnnl_memory_create",
                "memory " + desc,
                out -> Dnnl.dnnl_memory_create(out, desc.address(), engine.address(), data),
                Dnnl::dnnl_memory_destroy);
    }

    /**
     * Has oneDNN allocate memory where an engine computes: on its device.
     *
     * @param engine that computes on it
     * @param desc what will lie in it
     * @throws OneDnnException if there is not enough
     */
    public Memory(Engine engine, MemoryDesc desc) {
        handle = Handles.create(
                "dnnl_memory_create",
                "device memory " + desc,
                out -> Dnnl.dnnl_memory_create(out, desc.address(), engine.address(), ALLOCATE),
                Dnnl::dnnl_memory_destroy);
    }

    private Memory(NativeHandle handle) {
        this.handle = handle;
    }

    /**
     * Describes memory of a GPU.
     *
     * @param engine that computes on it
     * @param desc what lies in it
     * @param data at least as large as the descriptor says; it must outlive the memory
     * @return the memory
     */
    public static Memory of(Engine engine, MemoryDesc desc, OpenClMemory data) {
        if (data.bytes() < desc.size()) {
            throw new IllegalArgumentException(
                    "oneDNN memory " + desc + " takes " + desc.size() + " bytes, got " + data.bytes() + " of a GPU");
        }
        int kind = switch (data) {
            case OpenClBuffer _ -> Dnnl.dnnl_ocl_interop_buffer();
            case OpenClUsm _ -> Dnnl.dnnl_ocl_interop_usm();
        };
        return new Memory(Handles.create(
                "dnnl_ocl_interop_memory_create",
                "GPU memory " + desc,
                out -> Dnnl.dnnl_ocl_interop_memory_create(out, desc.address(), engine.address(), kind, data.handle()),
                Dnnl::dnnl_memory_destroy));
    }

    /**
     * Copies host memory to where this lies; nothing may be computing on it.
     *
     * @param data as large as the descriptor says
     */
    public void write(MemorySegment data) {
        mapped(data.byteSize(), place -> place.copyFrom(data));
    }

    /**
     * Copies what lies here to host memory; nothing may be computing on it.
     *
     * @param data as large as the descriptor says
     */
    public void read(MemorySegment data) {
        mapped(data.byteSize(), data::copyFrom);
    }

    @SuppressWarnings("restricted") // The mapped memory is as large as its descriptor says.
    private void mapped(long bytes, Consumer<MemorySegment> work) {
        MemorySegment data = Handles.ask(handle, "dnnl_memory_map_data", Dnnl::dnnl_memory_map_data);
        try {
            work.accept(data.reinterpret(bytes));
        } finally {
            Status.check("dnnl_memory_unmap_data", Dnnl.dnnl_memory_unmap_data(address(), data), handle);
        }
    }

    MemorySegment address() {
        return handle.get();
    }

    @Override
    public void close() {
        handle.close();
    }
}
