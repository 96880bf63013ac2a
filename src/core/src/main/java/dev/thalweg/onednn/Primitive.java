package dev.thalweg.onednn;

import dev.thalweg.memory.NativeHandle;
import dev.thalweg.onednn.c.Dnnl;
import java.lang.foreign.MemorySegment;

/** A compiled operation. Several threads may call it at once, each on memory of its own. */
public final class Primitive implements AutoCloseable {
    private final NativeHandle handle;

    /**
     * Compiles an operation.
     *
     * @param desc what
     */
    public Primitive(PrimitiveDesc desc) {
        handle = Handles.create(
                "dnnl_primitive_create",
                desc,
                out -> Dnnl.dnnl_primitive_create(out, desc.address()),
                Dnnl::dnnl_primitive_destroy);
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
