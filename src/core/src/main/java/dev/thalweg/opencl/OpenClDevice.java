package dev.thalweg.opencl;

import dev.thalweg.memory.CallMemory;
import dev.thalweg.opencl.c.OpenCl;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * What a device says of itself.
 *
 * @param name its name
 * @param version of OpenCL that it speaks
 * @param driver its driver's version
 * @param memoryBytes how much memory it has
 * @param computeUnits how many units compute
 * @param architecture Intel's number of its architecture, 12 for Xe and higher ones since; 0 where it does not say
 * @param float16 whether it computes in half precision
 * @param bfloat16 whether it has instructions for bfloat16
 * @param unifiedMemory whether it has unified shared memory: the extension includes that kernels reach the device's own
 */
public record OpenClDevice(
        String name,
        String version,
        String driver,
        long memoryBytes,
        int computeUnits,
        int architecture,
        boolean float16,
        boolean bfloat16,
        boolean unifiedMemory) {
    private static final int QUEUE_DEVICE = 0x1091;
    private static final int INVALID_VALUE = -30;
    private static final int IP_VERSION = 0x4250;
    private static final int ARCHITECTURE_BIT = 22;

    private static final class Bound {
        static final MethodHandle QUEUE_INFO = OpenClFunctions.bind(
                "clGetCommandQueueInfo",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS,
                        ValueLayout.ADDRESS));
    }

    /**
     * Asks a device.
     *
     * @param device a {@code cl_device_id}
     * @return its answers
     * @throws OpenClException if it does not answer
     */
    public static OpenClDevice of(MemorySegment device) {
        try (CallMemory memory = new CallMemory()) {
            String extensions = text(memory, device, OpenCl.CL_DEVICE_EXTENSIONS());
            return new OpenClDevice(
                    text(memory, device, OpenCl.CL_DEVICE_NAME()),
                    text(memory, device, OpenCl.CL_DEVICE_VERSION()),
                    text(memory, device, OpenCl.CL_DRIVER_VERSION()),
                    number(memory, device, OpenCl.CL_DEVICE_GLOBAL_MEM_SIZE()).orElseThrow(),
                    (int) number(memory, device, OpenCl.CL_DEVICE_MAX_COMPUTE_UNITS())
                            .orElseThrow(),
                    (int) (number(memory, device, IP_VERSION).orElse(0) >>> ARCHITECTURE_BIT),
                    extensions.contains("cl_khr_fp16"),
                    extensions.contains("cl_intel_bfloat16_conversions"),
                    extensions.contains("cl_intel_unified_shared_memory"));
        }
    }

    /** {@return the name of the device that a queue is for, which a lost device has too} */
    static String nameOf(MemorySegment queue) {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment device = memory.allocate(ValueLayout.ADDRESS);
            check("a queue", queueDevice(queue, device));
            return text(memory, device.get(ValueLayout.ADDRESS, 0), OpenCl.CL_DEVICE_NAME());
        } catch (OpenClException e) {
            return "of which even the name is lost";
        }
    }

    private static int queueDevice(MemorySegment queue, MemorySegment device) {
        try {
            return (int) Bound.QUEUE_INFO.invokeExact(
                    queue, QUEUE_DEVICE, ValueLayout.ADDRESS.byteSize(), device, MemorySegment.NULL);
        } catch (Throwable e) {
            throw OpenClFunctions.thrown(e);
        }
    }

    /** A number of four or eight bytes, if the device knows the question. */
    private static OptionalLong number(SegmentAllocator memory, MemorySegment device, int what) {
        MemorySegment number = memory.allocateFrom(ValueLayout.JAVA_LONG, 0);
        int status = OpenCl.clGetDeviceInfo(device, what, Long.BYTES, number, MemorySegment.NULL);
        if (status == INVALID_VALUE) {
            return OptionalLong.empty();
        }
        check(Integer.toHexString(what), status);
        return OptionalLong.of(number.get(ValueLayout.JAVA_LONG, 0));
    }

    private static String text(SegmentAllocator memory, MemorySegment device, int what) {
        MemorySegment size = memory.allocate(ValueLayout.JAVA_LONG);
        check("a text's size", OpenCl.clGetDeviceInfo(device, what, 0, MemorySegment.NULL, size));
        long bytes = size.get(ValueLayout.JAVA_LONG, 0);
        MemorySegment text = memory.allocate(Math.max(1, bytes));
        check("a text", OpenCl.clGetDeviceInfo(device, what, bytes, text, MemorySegment.NULL));
        return text.getString(0, StandardCharsets.UTF_8).strip();
    }

    private static void check(String what, int status) {
        OpenClException.check("clGetDeviceInfo for " + what, status);
    }

    /** {@return one line for people} */
    @Override
    public String toString() {
        return name + ", " + version + ", driver " + driver + ", " + (memoryBytes >> 20) + " MiB, f32"
                + (float16 ? ", f16" : "");
    }
}
