package dev.thalweg.opencl;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.thalweg.memory.CallMemory;
import dev.thalweg.opencl.c.OpenCl;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * What a platform has of {@code cl_intel_unified_shared_memory}. The loader library does not know an extension's
 * functions: each platform is asked for its own.
 */
@SuppressWarnings("restricted") // Functions that the generated bindings lack are bound here.
final class UsmFunctions {
    private static final int DEVICE_PLATFORM = 0x1031;

    private static final MethodHandle FIND = OpenClFunctions.bind(
            "clGetExtensionFunctionAddressForPlatform", FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle ALLOCATE = Linker.nativeLinker()
            .downcallHandle(FunctionDescriptor.of(ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS));
    private static final MethodHandle FREE = returningStatus(ADDRESS, ADDRESS);
    private static final MethodHandle COPY =
            returningStatus(ADDRESS, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle FILL =
            returningStatus(ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle PASS = returningStatus(ADDRESS, JAVA_INT, ADDRESS);

    private final MemorySegment allocate;
    private final MemorySegment free;
    private final MemorySegment copy;
    private final MemorySegment fill;
    private final MemorySegment pass;

    /** A function whose address is its first argument. */
    private static MethodHandle returningStatus(MemoryLayout... arguments) {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, arguments));
    }

    /**
     * Finds them.
     *
     * @param device of the platform
     * @throws OpenClException if one is missing
     */
    UsmFunctions(MemorySegment device) {
        MemorySegment platform = platform(device);
        allocate = find(platform, "clDeviceMemAllocINTEL");
        // The other one, clMemFreeINTEL, frees what a kernel may still use; a buffer's memory outlives them.
        free = find(platform, "clMemBlockingFreeINTEL");
        copy = find(platform, "clEnqueueMemcpyINTEL");
        fill = find(platform, "clEnqueueMemFillINTEL");
        pass = find(platform, "clSetKernelArgMemPointerINTEL");
    }

    private static MemorySegment platform(MemorySegment device) {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment answer = memory.allocate(ADDRESS);
            OpenClException.check(
                    "clGetDeviceInfo for CL_DEVICE_PLATFORM",
                    OpenCl.clGetDeviceInfo(device, DEVICE_PLATFORM, ADDRESS.byteSize(), answer, MemorySegment.NULL));
            return answer.get(ADDRESS, 0);
        }
    }

    private static MemorySegment find(MemorySegment platform, String name) {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment found = (MemorySegment) FIND.invokeExact(platform, memory.allocateFrom(name));
            if (found.equals(MemorySegment.NULL)) {
                throw OpenClException.missing(name);
            }
            return found;
        } catch (Throwable e) {
            throw OpenClFunctions.thrown(e);
        }
    }

    MemorySegment allocate(MemorySegment context, MemorySegment device, long bytes, MemorySegment status) {
        try {
            return (MemorySegment)
                    ALLOCATE.invokeExact(allocate, context, device, MemorySegment.NULL, bytes, 0, status);
        } catch (Throwable e) {
            throw OpenClFunctions.thrown(e);
        }
    }

    /** Waits for what uses it. */
    int free(MemorySegment context, MemorySegment address) {
        try {
            return (int) FREE.invokeExact(free, context, address);
        } catch (Throwable e) {
            throw OpenClFunctions.thrown(e);
        }
    }

    /** Waits until it is done. */
    int copy(MemorySegment queue, MemorySegment to, MemorySegment from, long bytes) {
        try {
            return (int) COPY.invokeExact(
                    copy, queue, OpenCl.CL_TRUE(), to, from, bytes, 0, MemorySegment.NULL, MemorySegment.NULL);
        } catch (Throwable e) {
            throw OpenClFunctions.thrown(e);
        }
    }

    int fill(MemorySegment queue, MemorySegment place, MemorySegment pattern, long bytes) {
        try {
            return (int) FILL.invokeExact(
                    fill, queue, place, pattern, pattern.byteSize(), bytes, 0, MemorySegment.NULL, MemorySegment.NULL);
        } catch (Throwable e) {
            throw OpenClFunctions.thrown(e);
        }
    }

    /** Sets a kernel's argument. */
    int pass(MemorySegment kernel, int index, MemorySegment address) {
        try {
            return (int) PASS.invokeExact(pass, kernel, index, address);
        } catch (Throwable e) {
            throw OpenClFunctions.thrown(e);
        }
    }
}
