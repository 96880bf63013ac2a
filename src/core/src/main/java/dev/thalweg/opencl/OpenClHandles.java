package dev.thalweg.opencl;

import dev.thalweg.memory.CallMemory;
import dev.thalweg.memory.NativeHandle;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.function.ToIntFunction;

/** Makes OpenCL's objects, whose functions return the object and write a status to where they are told. */
final class OpenClHandles {
    /** Makes an object. */
    @FunctionalInterface
    interface Creation {
        /**
         * Calls a C function.
         *
         * @param memory for what the function is given
         * @param status receives its status
         * @return the object
         */
        MemorySegment call(SegmentAllocator memory, MemorySegment status);
    }

    private static final System.Logger LOG = System.getLogger(OpenClHandles.class.getName());

    private OpenClHandles() {}

    /**
     * Makes an object.
     *
     * @param what the C function and its arguments, for messages
     * @param creation calls it
     * @param release frees the object
     * @throws OpenClException if there is none
     */
    static NativeHandle create(String what, Creation creation, ToIntFunction<MemorySegment> release) {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment status = memory.allocate(ValueLayout.JAVA_INT);
            MemorySegment made = creation.call(memory, status);
            OpenClException.check(what, status.get(ValueLayout.JAVA_INT, 0));
            return new NativeHandle("OpenCL", what, made, address -> checkRelease(what, release.applyAsInt(address)));
        }
    }

    /** A device that failed answers so to releases too; whoever was using it has been told. */
    private static void checkRelease(String what, int status) {
        if (OpenClStatus.isOfTheDevice(status)) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    "releasing what {0} made: {1}, as the device has failed",
                    what,
                    OpenClStatus.name(status));
        } else {
            OpenClException.check("releasing what " + what + " made", status);
        }
    }
}
