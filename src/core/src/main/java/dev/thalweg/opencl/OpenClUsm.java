package dev.thalweg.opencl;

import dev.thalweg.memory.CallMemory;
import dev.thalweg.memory.NativeHandle;
import dev.thalweg.memory.Scope;
import dev.thalweg.opencl.c.OpenCl;
import java.lang.foreign.MemorySegment;

/** Unified shared memory of a device: an address, which only the device follows. */
public final class OpenClUsm implements OpenClMemory {
    private final UsmFunctions functions;
    private final MemorySegment queue;
    private final NativeHandle handle;
    private final long bytes;

    private OpenClUsm(UsmFunctions functions, MemorySegment queue, NativeHandle handle, long bytes) {
        this.functions = functions;
        this.queue = queue;
        this.handle = handle;
        this.bytes = bytes;
    }

    /** Allocates memory full of zeros. */
    static OpenClUsm allocate(
            UsmFunctions functions, MemorySegment device, MemorySegment context, MemorySegment queue, long bytes) {
        // What has no bytes has no address.
        long size = Math.max(4, bytes);
        try (Scope opening = new Scope()) {
            NativeHandle handle = opening.own(OpenClHandles.create(
                    "clDeviceMemAllocINTEL of " + size + " bytes on the GPU \"" + OpenClDevice.nameOf(queue) + "\"",
                    (_, status) -> functions.allocate(context, device, size, status),
                    address -> functions.free(context, address)));
            OpenClUsm memory = new OpenClUsm(functions, queue, handle, bytes);
            memory.clear();
            OpenClException.check(queue, "clFinish", OpenCl.clFinish(queue));
            opening.handOver();
            return memory;
        }
    }

    @Override
    public OpenClUsm part(long offset, long size) {
        MemorySegment place = MemorySegment.ofAddress(handle.get().address() + offset);
        // The whole is freed, its parts only end.
        return new OpenClUsm(
                functions,
                queue,
                new NativeHandle("OpenCL", size + " bytes at " + offset + " of " + handle, place, _ -> {}),
                size);
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public MemorySegment handle() {
        return handle.get();
    }

    @Override
    public void write(MemorySegment data) {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment from =
                    data.isNative() ? data : memory.allocate(data.byteSize()).copyFrom(data);
            copy(handle.get(), from, from.byteSize());
        }
    }

    @Override
    public void read(MemorySegment data) {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment to = data.isNative() ? data : memory.allocate(data.byteSize());
            copy(to, handle.get(), to.byteSize());
            if (to != data) {
                data.copyFrom(to);
            }
        }
    }

    private void copy(MemorySegment to, MemorySegment from, long size) {
        if (size > 0) {
            OpenClException.check(queue, "clEnqueueMemcpyINTEL", functions.copy(queue, to, from, size));
        }
    }

    @Override
    public void clear() {
        if (bytes > 0) {
            try (CallMemory memory = new CallMemory()) {
                OpenClException.check(
                        queue, "clEnqueueMemFillINTEL", functions.fill(queue, handle.get(), memory.allocate(1), bytes));
            }
        }
    }

    /** Sets a kernel's argument to its address. */
    int passTo(MemorySegment kernel, int index) {
        return functions.pass(kernel, index, handle.get());
    }

    @Override
    public void release() {
        handle.close();
    }
}
