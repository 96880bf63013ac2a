package dev.thalweg.opencl;

import dev.thalweg.memory.NativeHandle;
import dev.thalweg.opencl.c.OpenCl;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** A buffer, or a part of one. */
public final class OpenClBuffer extends OpenClMemory {
    private static final int REGION = 0x1220;
    private static final long READ_WRITE = 1;

    private static final class Bound {
        static final MethodHandle CREATE_SUB_BUFFER = OpenClFunctions.bind(
                "clCreateSubBuffer",
                FunctionDescriptor.of(
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS));
    }

    private OpenClBuffer(MemorySegment queue, NativeHandle handle, long bytes) {
        super(queue, handle, bytes);
    }

    /** Allocates a buffer full of zeros. */
    static OpenClBuffer allocate(MemorySegment context, MemorySegment queue, long bytes) {
        long size = allocated(bytes);
        NativeHandle handle = OpenClHandles.create(
                "clCreateBuffer of " + size + " bytes on the GPU \"" + OpenClDevice.nameOf(queue) + "\"",
                (_, status) -> OpenCl.clCreateBuffer(context, READ_WRITE, size, MemorySegment.NULL, status),
                OpenCl::clReleaseMemObject);
        return zeroed(new OpenClBuffer(queue, handle, bytes));
    }

    @Override
    public OpenClBuffer part(long offset, long size) {
        NativeHandle part = OpenClHandles.create(
                "clCreateSubBuffer of " + size + " bytes at " + offset,
                (memory, status) ->
                        subBuffer(memory.allocateFrom(ValueLayout.JAVA_LONG, offset, Math.max(1, size)), status),
                OpenCl::clReleaseMemObject);
        return new OpenClBuffer(queue(), part, size);
    }

    private MemorySegment subBuffer(MemorySegment region, MemorySegment status) {
        try {
            return (MemorySegment) Bound.CREATE_SUB_BUFFER.invokeExact(handle(), READ_WRITE, REGION, region, status);
        } catch (Throwable e) {
            throw OpenClFunctions.thrown(e);
        }
    }

    @Override
    void copyFrom(MemorySegment data) {
        check(
                "clEnqueueWriteBuffer",
                OpenCl.clEnqueueWriteBuffer(
                        queue(),
                        handle(),
                        OpenCl.CL_TRUE(),
                        0,
                        data.byteSize(),
                        data,
                        0,
                        MemorySegment.NULL,
                        MemorySegment.NULL));
    }

    @Override
    void copyTo(MemorySegment data) {
        check(
                "clEnqueueReadBuffer",
                OpenCl.clEnqueueReadBuffer(
                        queue(),
                        handle(),
                        OpenCl.CL_TRUE(),
                        0,
                        data.byteSize(),
                        data,
                        0,
                        MemorySegment.NULL,
                        MemorySegment.NULL));
    }

    @Override
    void fill(MemorySegment pattern) {
        check(
                "clEnqueueFillBuffer",
                OpenCl.clEnqueueFillBuffer(
                        queue(),
                        handle(),
                        pattern,
                        pattern.byteSize(),
                        0,
                        bytes(),
                        0,
                        MemorySegment.NULL,
                        MemorySegment.NULL));
    }
}
