package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import java.lang.foreign.MemorySegment;

/** A queue of an engine, executed in order. */
public final class Stream implements AutoCloseable {
    private final Handle handle;

    /**
     * Opens a queue.
     *
     * @param engine where it computes
     */
    public Stream(Engine engine) {
        handle = Handle.create("dnnl_stream_create", "stream",
                out -> Dnnl.dnnl_stream_create(out, engine.address(), Dnnl.dnnl_stream_default_flags()), Dnnl::dnnl_stream_destroy);
    }

    /** Returns when all that was submitted is done. */
    public void await() {
        Status.check("dnnl_stream_wait", Dnnl.dnnl_stream_wait(handle.get()), handle);
    }

    MemorySegment address() {
        return handle.get();
    }

    @Override
    public void close() {
        handle.close();
    }
}
