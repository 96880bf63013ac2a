package dev.thalweg.opencl;

import dev.thalweg.opencl.c.OpenCl;
import dev.thalweg.tensor.Scope;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Memory of an OpenCL device, or a part of it. */
@SuppressWarnings("restricted") // One function that the generated bindings lack is bound here.
public final class OpenClBuffer {
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
    private final MemorySegment handle;
    private final long bytes;

    private OpenClBuffer(MemorySegment queue, MemorySegment handle, long bytes) {
        this.queue = queue;
        this.handle = handle;
        this.bytes = bytes;
    }

    /**
     * Allocates memory full of zeros.
     *
     * @param context of the device
     * @param queue through which it is written and read
     * @param bytes how much
     * @return the buffer
     * @throws OpenClException if there is not enough
     */
    public static OpenClBuffer allocate(MemorySegment context, MemorySegment queue, long bytes) {
        // A buffer of no bytes does not exist.
        long size = Math.max(4, bytes);
        try (Arena arena = Arena.ofConfined();
                Scope opening = new Scope()) {
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment handle = OpenCl.clCreateBuffer(context, READ_WRITE, size, MemorySegment.NULL, status);
            OpenClException.check("clCreateBuffer of " + size + " bytes", status.get(ValueLayout.JAVA_INT, 0));
            OpenClBuffer buffer = new OpenClBuffer(queue, handle, bytes);
            opening.own(buffer::release);
            buffer.clear();
            OpenClException.check("clFinish", OpenCl.clFinish(queue));
            opening.handOver();
            return buffer;
        }
    }

    /**
     * {@return a part of it, to be released on its own}
     *
     * @param offset where it begins, a multiple of the device's alignment
     * @param size how many bytes it has
     */
    public OpenClBuffer part(long offset, long size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment region = arena.allocateFrom(ValueLayout.JAVA_LONG, offset, Math.max(4, size));
            MemorySegment part =
                    (MemorySegment) Bound.CREATE_SUB_BUFFER.invokeExact(handle, READ_WRITE, REGION, region, status);
            OpenClException.check(
                    "clCreateSubBuffer of " + size + " bytes at " + offset, status.get(ValueLayout.JAVA_INT, 0));
            return new OpenClBuffer(queue, part, size);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("clCreateSubBuffer throws nothing", e);
        }
    }

    /**
     * {@return how large it is}
     */
    public long bytes() {
        return bytes;
    }

    /**
     * {@return the {@code cl_mem}}
     */
    public MemorySegment handle() {
        return handle;
    }

    /**
     * Copies host memory here, and returns when that is done.
     *
     * @param data at most as large
     */
    public void write(MemorySegment data) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment from =
                    data.isNative() ? data : arena.allocate(data.byteSize()).copyFrom(data);
            OpenClException.check(
                    "clEnqueueWriteBuffer",
                    OpenCl.clEnqueueWriteBuffer(
                            queue,
                            handle,
                            OpenCl.CL_TRUE(),
                            0,
                            from.byteSize(),
                            from,
                            0,
                            MemorySegment.NULL,
                            MemorySegment.NULL));
        }
    }

    /**
     * Copies what lies here to host memory, and returns when that is done.
     *
     * @param data at most as large
     */
    public void read(MemorySegment data) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = data.isNative() ? data : arena.allocate(data.byteSize());
            OpenClException.check(
                    "clEnqueueReadBuffer",
                    OpenCl.clEnqueueReadBuffer(
                            queue,
                            handle,
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

    /** Fills it with zeros, after all that was submitted before. */
    public void clear() {
        try (Arena arena = Arena.ofConfined()) {
            OpenClException.check(
                    "clEnqueueFillBuffer",
                    OpenCl.clEnqueueFillBuffer(
                            queue,
                            handle,
                            arena.allocate(1),
                            1,
                            0,
                            Math.max(4, bytes),
                            0,
                            MemorySegment.NULL,
                            MemorySegment.NULL));
        }
    }

    /** Frees it. */
    public void release() {
        OpenClException.check("clReleaseMemObject", OpenCl.clReleaseMemObject(handle));
    }
}
