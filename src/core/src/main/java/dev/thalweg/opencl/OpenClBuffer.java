package dev.thalweg.opencl;

import dev.thalweg.memory.CallMemory;
import dev.thalweg.memory.NativeHandle;
import dev.thalweg.memory.Scope;
import dev.thalweg.opencl.c.OpenCl;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** A buffer, or a part of one. */
@SuppressWarnings("restricted") // One function that the generated bindings lack is bound here.
public final class OpenClBuffer implements OpenClMemory {
    private static final int REGION = 0x1220;
    private static final long READ_WRITE = 1;

    private static final class Bound {
        static final MethodHandle CREATE_SUB_BUFFER = Linker.nativeLinker()
                .downcallHandle(
                        SymbolLookup.loaderLookup().find("clCreateSubBuffer").orElseThrow(),
                        FunctionDescriptor.of(
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.ADDRESS,
                                ValueLayout.ADDRESS));
    }

    private final MemorySegment queue;
    private final NativeHandle handle;
    private final long bytes;

    private OpenClBuffer(MemorySegment queue, NativeHandle handle, long bytes) {
        this.queue = queue;
        this.handle = handle;
        this.bytes = bytes;
    }

    /** Allocates a buffer full of zeros. */
    static OpenClBuffer allocate(MemorySegment context, MemorySegment queue, long bytes) {
        // A buffer of no bytes does not exist.
        long size = Math.max(4, bytes);
        try (Scope opening = new Scope()) {
            NativeHandle handle = opening.own(OpenClHandles.create(
                    "clCreateBuffer of " + size + " bytes on the GPU \"" + OpenClDevice.nameOf(queue) + "\"",
                    (_, status) -> OpenCl.clCreateBuffer(context, READ_WRITE, size, MemorySegment.NULL, status),
                    OpenCl::clReleaseMemObject));
            OpenClBuffer buffer = new OpenClBuffer(queue, handle, bytes);
            buffer.clear();
            OpenClException.check(queue, "clFinish", OpenCl.clFinish(queue));
            opening.handOver();
            return buffer;
        }
    }

    @Override
    public OpenClBuffer part(long offset, long size) {
        NativeHandle part = OpenClHandles.create(
                "clCreateSubBuffer of " + size + " bytes at " + offset,
                (memory, status) ->
                        subBuffer(memory.allocateFrom(ValueLayout.JAVA_LONG, offset, Math.max(1, size)), status),
                OpenCl::clReleaseMemObject);
        return new OpenClBuffer(queue, part, size);
    }

    private MemorySegment subBuffer(MemorySegment region, MemorySegment status) {
        try {
            return (MemorySegment)
                    Bound.CREATE_SUB_BUFFER.invokeExact(handle.get(), READ_WRITE, REGION, region, status);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("clCreateSubBuffer throws nothing", e);
        }
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
            OpenClException.check(
                    queue,
                    "clEnqueueWriteBuffer",
                    OpenCl.clEnqueueWriteBuffer(
                            queue,
                            handle.get(),
                            OpenCl.CL_TRUE(),
                            0,
                            from.byteSize(),
                            from,
                            0,
                            MemorySegment.NULL,
                            MemorySegment.NULL));
        }
    }

    @Override
    public void read(MemorySegment data) {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment to = data.isNative() ? data : memory.allocate(data.byteSize());
            OpenClException.check(
                    queue,
                    "clEnqueueReadBuffer",
                    OpenCl.clEnqueueReadBuffer(
                            queue,
                            handle.get(),
                            OpenCl.CL_TRUE(),
                            0,
                            to.byteSize(),
                            to,
                            0,
                            MemorySegment.NULL,
                            MemorySegment.NULL));
            if (to != data) {
                data.copyFrom(to);
            }
        }
    }

    @Override
    public void clear() {
        if (bytes > 0) {
            try (CallMemory memory = new CallMemory()) {
                OpenClException.check(
                        queue,
                        "clEnqueueFillBuffer",
                        OpenCl.clEnqueueFillBuffer(
                                queue,
                                handle.get(),
                                memory.allocate(1),
                                1,
                                0,
                                bytes,
                                0,
                                MemorySegment.NULL,
                                MemorySegment.NULL));
            }
        }
    }

    @Override
    public void release() {
        handle.close();
    }
}
