package dev.thalweg.onednn;

import dev.thalweg.memory.NativeHandle;
import dev.thalweg.onednn.c.Dnnl;
import dev.thalweg.opencl.OpenClDevice;
import dev.thalweg.opencl.OpenClLoader;
import dev.thalweg.tensor.UnavailableException;
import java.lang.foreign.MemorySegment;

/** A device that computes. */
public final class Engine implements AutoCloseable {
    private final NativeHandle handle;

    private Engine(NativeHandle handle) {
        this.handle = handle;
    }

    /**
     * Opens the CPU.
     *
     * @return the engine
     * @throws OneDnnException if oneDNN is not loaded or refuses
     */
    public static Engine cpu() {
        return new Engine(Handles.create(
                "dnnl_engine_create",
                "cpu engine 0",
                out -> Dnnl.dnnl_engine_create(out, Dnnl.dnnl_cpu(), 0),
                Dnnl::dnnl_engine_destroy));
    }

    /**
     * {@return how many GPUs oneDNN finds; 0 where no OpenCL loader library is installed}
     */
    public static int gpuCount() {
        OneDnn.require();
        // oneDNN 3.13 aborts the process when it is asked for GPUs and there is no OpenCL loader library.
        return OpenClLoader.present() ? Math.toIntExact(Dnnl.dnnl_engine_get_count(Dnnl.dnnl_gpu())) : 0;
    }

    /**
     * Opens a GPU.
     *
     * @param index from 0, below {@link #gpuCount}
     * @return the engine
     * @throws UnavailableException if there is no such GPU
     * @throws OneDnnException if oneDNN is not loaded or refuses
     */
    public static Engine gpu(int index) {
        int count = gpuCount();
        if (index < 0 || index >= count) {
            throw new UnavailableException("there is no gpu:" + index + ": "
                    + (OpenClLoader.present()
                            ? "oneDNN finds " + count + " Intel GPUs through OpenCL"
                            : "no OpenCL loader library (" + String.join(", ", OpenClLoader.names())
                                    + ") is installed"));
        }
        return new Engine(Handles.create(
                "dnnl_engine_create",
                "gpu engine " + index,
                out -> Dnnl.dnnl_engine_create(out, Dnnl.dnnl_gpu(), index),
                Dnnl::dnnl_engine_destroy));
    }

    /**
     * {@return what device computes, for a GPU}
     */
    public OpenClDevice device() {
        return OpenClDevice.of(deviceHandle());
    }

    /**
     * {@return the {@code cl_device_id} of a GPU}
     */
    public MemorySegment deviceHandle() {
        return Handles.ask(handle, "dnnl_ocl_interop_get_device", Dnnl::dnnl_ocl_interop_get_device);
    }

    /**
     * {@return the {@code cl_context} of a GPU}
     */
    public MemorySegment openClContext() {
        return Handles.ask(handle, "dnnl_ocl_interop_engine_get_context", Dnnl::dnnl_ocl_interop_engine_get_context);
    }

    MemorySegment address() {
        return handle.get();
    }

    @Override
    public void close() {
        handle.close();
    }
}
