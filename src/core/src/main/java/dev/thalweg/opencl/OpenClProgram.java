package dev.thalweg.opencl;

import dev.thalweg.opencl.c.OpenCl;
import dev.thalweg.tensor.Scope;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** OpenCL C, built for a device. */
public final class OpenClProgram implements AutoCloseable {
    private final MemorySegment handle;

    private OpenClProgram(MemorySegment handle) {
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
        try (Arena arena = Arena.ofConfined();
                Scope opening = new Scope()) {
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment texts = arena.allocateFrom(ValueLayout.ADDRESS, arena.allocateFrom(source));
            MemorySegment handle = OpenCl.clCreateProgramWithSource(context, 1, texts, MemorySegment.NULL, status);
            OpenClException.check("clCreateProgramWithSource", status.get(ValueLayout.JAVA_INT, 0));
            OpenClProgram program = opening.own(new OpenClProgram(handle));
            int built = OpenCl.clBuildProgram(
                    handle, 0, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL, MemorySegment.NULL);
            if (built != OpenCl.CL_SUCCESS()) {
                OpenClException.check("clBuildProgram, which says: " + log(arena, handle, device), built);
            }
            opening.handOver();
            return program;
        }
    }

    private static String log(Arena arena, MemorySegment program, MemorySegment device) {
        MemorySegment size = arena.allocate(ValueLayout.JAVA_LONG);
        OpenCl.clGetProgramBuildInfo(program, device, OpenCl.CL_PROGRAM_BUILD_LOG(), 0, MemorySegment.NULL, size);
        MemorySegment text = arena.allocate(size.get(ValueLayout.JAVA_LONG, 0) + 1);
        OpenCl.clGetProgramBuildInfo(
                program, device, OpenCl.CL_PROGRAM_BUILD_LOG(), text.byteSize(), text, MemorySegment.NULL);
        return text.getString(0);
    }

    /**
     * {@return one of its kernels, to be closed on its own}
     *
     * @param name the function's
     */
    public OpenClKernel kernel(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment kernel = OpenCl.clCreateKernel(handle, arena.allocateFrom(name), status);
            OpenClException.check("clCreateKernel " + name, status.get(ValueLayout.JAVA_INT, 0));
            return new OpenClKernel(name, kernel);
        }
    }

    @Override
    public void close() {
        OpenClException.check("clReleaseProgram", OpenCl.clReleaseProgram(handle));
    }
}
