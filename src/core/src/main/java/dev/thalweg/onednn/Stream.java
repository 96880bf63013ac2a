package dev.thalweg.onednn;

import dev.thalweg.memory.NativeHandle;
import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.opencl.OpenClException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A queue of an engine, executed in order. */
public final class Stream implements AutoCloseable {
    private final NativeHandle handle;
    /** Of a GPU; null where this is not over one. */
    private final @Nullable MemorySegment queue;

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
        queue = null;
    }

    private Stream(NativeHandle handle, MemorySegment queue) {
        this.handle = handle;
        this.queue = queue;
    }

    /**
     * Opens a queue over a GPU's.
     *
     * @param engine where it computes
     * @param queue the {@code cl_command_queue}, which must outlive it
     * @return the queue
     */
    public static Stream over(Engine engine, MemorySegment queue) {
        return new Stream(
                Handles.create(
                        "dnnl_ocl_interop_stream_create",
                        "stream",
                        out -> Dnnl.dnnl_ocl_interop_stream_create(out, engine.address(), queue),
                        Dnnl::dnnl_stream_destroy),
                queue);
    }

    /** Returns when all that was submitted is done. */
    public void await() {
        check("dnnl_stream_wait", Dnnl.dnnl_stream_wait(handle.get()), handle);
    }

    /** Checks what a function returned that was to compute in this queue. */
    void check(String call, int status, Object arguments) {
        if (status != 0 && queue != null) {
            throw OpenClException.whileComputing(queue, "oneDNN's " + Status.answer(call, status, arguments));
        }
        Status.check(call, status, arguments);
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
