package dev.thalweg.opencl;

import dev.thalweg.memory.CallMemory;
import dev.thalweg.memory.NativeHandle;
import dev.thalweg.memory.Scope;
import dev.thalweg.opencl.c.OpenCl;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** OpenCL C, built for a device. */
public final class OpenClProgram implements AutoCloseable {
    private final NativeHandle handle;

    private OpenClProgram(NativeHandle handle) {
        this.handle = handle;
    }

    /**
     * Builds a program.
     *
     * @param context of the device
     * @param device for which
     * @param source OpenCL C
     * @return the program
     * @throws OpenClException with the compiler's words, if it cannot be built
     */
    public static OpenClProgram build(MemorySegment context, MemorySegment device, String source) {
        try (Scope opening = new Scope()) {
            NativeHandle handle = opening.own(OpenClHandles.create(
                    "clCreateProgramWithSource",
                    (memory, status) -> OpenCl.clCreateProgramWithSource(
                            context,
                            1,
                            memory.allocateFrom(ValueLayout.ADDRESS, memory.allocateFrom(source)),
                            MemorySegment.NULL,
                            status),
                    OpenCl::clReleaseProgram));
            int built = OpenCl.clBuildProgram(
                    handle.get(), 0, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL);
            if (built != OpenCl.CL_SUCCESS()) {
                OpenClException.check("clBuildProgram, which says: " + log(handle.get(), device), built);
            }
            opening.handOver();
            return new OpenClProgram(handle);
        }
    }

    private static String log(MemorySegment program, MemorySegment device) {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment size = memory.allocate(ValueLayout.JAVA_LONG);
            OpenCl.clGetProgramBuildInfo(program, device, OpenCl.CL_PROGRAM_BUILD_LOG(), 0, MemorySegment.NULL, size);
            MemorySegment text = memory.allocate(size.get(ValueLayout.JAVA_LONG, 0) + 1);
            OpenCl.clGetProgramBuildInfo(
                    program, device, OpenCl.CL_PROGRAM_BUILD_LOG(), text.byteSize(), text, MemorySegment.NULL);
            return text.getString(0);
        }
    }

    /**
     * {@return one of its kernels, to be closed on its own}
     *
     * @param name the function's
     */
    public OpenClKernel kernel(String name) {
        return new OpenClKernel(
                name,
                OpenClHandles.create(
                        "clCreateKernel " + name,
                        (memory, status) -> OpenCl.clCreateKernel(handle.get(), memory.allocateFrom(name), status),
                        OpenCl::clReleaseKernel));
    }

    @Override
    public void close() {
        handle.close();
    }
}
