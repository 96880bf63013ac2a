package dev.thalweg.opencl;

import dev.thalweg.memory.NativeHandle;
import java.lang.foreign.MemorySegment;

/** Unified shared memory of a device: an address, which only the device follows. */
public final class OpenClUsm extends OpenClMemory {
    private final UsmFunctions functions;

    private OpenClUsm(UsmFunctions functions, MemorySegment queue, NativeHandle handle, long bytes) {
        super(queue, handle, bytes);
        this.functions = functions;
    }

    /** Allocates memory full of zeros. */
    static OpenClUsm allocate(
            UsmFunctions functions, MemorySegment device, MemorySegment context, MemorySegment queue, long bytes) {
        long size = allocated(bytes);
        NativeHandle handle = OpenClHandles.create(
                "clDeviceMemAllocINTEL of " + size + " bytes on the GPU \"" + OpenClDevice.nameOf(queue) + "\"",
                (_, status) -> functions.allocate(context, device, size, status),
                address -> functions.free(context, address));
        return zeroed(new OpenClUsm(functions, queue, handle, bytes));
    }

    @Override
    public OpenClUsm part(long offset, long size) {
        MemorySegment place = MemorySegment.ofAddress(handle().address() + offset);
        String what = size + " bytes at " + offset + " of GPU memory of " + bytes();
        // The whole is freed, its parts only end.
        return new OpenClUsm(functions, queue(), new NativeHandle("OpenCL", what, place, _ -> {}), size);
    }

    @Override
    void copyFrom(MemorySegment data) {
        copy(handle(), data, data.byteSize());
    }

    @Override
    void copyTo(MemorySegment data) {
        copy(data, handle(), data.byteSize());
    }

    private void copy(MemorySegment to, MemorySegment from, long size) {
        if (size > 0) {
            check("clEnqueueMemcpyINTEL", functions.copy(queue(), to, from, size));
        }
    }

    @Override
    void fill(MemorySegment pattern) {
        check("clEnqueueMemFillINTEL", functions.fill(queue(), handle(), pattern, bytes()));
    }

    /** Sets a kernel's argument to its address. */
    int passTo(MemorySegment kernel, int index) {
        return functions.pass(kernel, index, handle());
    }
}
