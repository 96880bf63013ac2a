package dev.thalweg.onednn;

import dev.thalweg.memory.NativeHandle;
import dev.thalweg.onednn.c.Dnnl;
import java.lang.foreign.MemorySegment;

/** A queue of an engine, executed in order. */
public final class Stream implements AutoCloseable {
    private final NativeHandle handle;

    /**
     * Opens a queue.
     *
     * @param engine where it computes
     */
    public Stream(Engine engine) {
        handle = Handles.create(
                "dnnl_stream_create",
                "stream",
                out -> Dnnl.dnnl_stream_create(out, engine.address(), Dnnl.dnnl_stream_default_flags()),
                Dnnl::dnnl_stream_destroy);
    }

    private Stream(NativeHandle handle) {
        this.handle = handle;
    }

    /**
     * Opens a queue over a GPU's.
     *
     * @param engine where it computes
     * @param queue the {@code cl_command_queue}, which must outlive it
     * @return the queue
     */
    public static Stream over(Engine engine, MemorySegment queue) {
        return new Stream(Handles.create(
                "dnnl_ocl_interop_stream_create",
                "stream",
                out -> Dnnl.dnnl_ocl_interop_stream_create(out, engine.address(), queue),
                Dnnl::dnnl_stream_destroy));
    }

    /** Returns when all that was submitted is done. */
    public void await() {
        Status.check("dnnl_stream_wait", Dnnl.dnnl_stream_wait(handle.get()), handle);
    }

    /**
     * {@return the {@code cl_command_queue} of a GPU's queue}
     */
    public MemorySegment openClQueue() {
        return Handles.ask(
                handle, "dnnl_ocl_interop_stream_get_command_queue", Dnnl::dnnl_ocl_interop_stream_get_command_queue);
    }

    MemorySegment address() {
        return handle.get();
    }

    @Override
    public void close() {
        handle.close();
    }
}
