package dev.thalweg.opencl;

import java.util.List;

/** What OpenCL's functions return, as {@code cl.h} numbers it. */
final class OpenClStatus {
    static final int MEM_OBJECT_ALLOCATION_FAILURE = -4;
    static final int OUT_OF_RESOURCES = -5;
    static final int OUT_OF_HOST_MEMORY = -6;
    static final int EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST = -14;
    static final int INVALID_COMMAND_QUEUE = -36;
    static final int INVALID_BUFFER_SIZE = -61;

    /** From 0 downwards. */
    private static final List<String> OF_THE_DEVICE = List.of("""
        SUCCESS DEVICE_NOT_FOUND DEVICE_NOT_AVAILABLE COMPILER_NOT_AVAILABLE MEM_OBJECT_ALLOCATION_FAILURE
        OUT_OF_RESOURCES OUT_OF_HOST_MEMORY PROFILING_INFO_NOT_AVAILABLE MEM_COPY_OVERLAP IMAGE_FORMAT_MISMATCH
        IMAGE_FORMAT_NOT_SUPPORTED BUILD_PROGRAM_FAILURE MAP_FAILURE MISALIGNED_SUB_BUFFER_OFFSET
        EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST COMPILE_PROGRAM_FAILURE LINKER_NOT_AVAILABLE LINK_PROGRAM_FAILURE
        DEVICE_PARTITION_FAILED KERNEL_ARG_INFO_NOT_AVAILABLE""".split("\\s+"));

    private static final int FIRST_INVALID = -30;

    /** From there downwards. */
    private static final List<String> OF_ARGUMENTS = List.of("""
        VALUE DEVICE_TYPE PLATFORM DEVICE CONTEXT QUEUE_PROPERTIES COMMAND_QUEUE HOST_PTR MEM_OBJECT
        IMAGE_FORMAT_DESCRIPTOR IMAGE_SIZE SAMPLER BINARY BUILD_OPTIONS PROGRAM PROGRAM_EXECUTABLE KERNEL_NAME
        KERNEL_DEFINITION KERNEL ARG_INDEX ARG_VALUE ARG_SIZE KERNEL_ARGS WORK_DIMENSION WORK_GROUP_SIZE
        WORK_ITEM_SIZE GLOBAL_OFFSET EVENT_WAIT_LIST EVENT OPERATION GL_OBJECT BUFFER_SIZE MIP_LEVEL GLOBAL_WORK_SIZE
        PROPERTY""".split("\\s+"));

    private OpenClStatus() {}

    /** {@return a status by name and number} */
    static String name(int status) {
        String number = " (" + status + ")";
        if (status <= 0 && status > -OF_THE_DEVICE.size()) {
            return "CL_" + OF_THE_DEVICE.get(-status) + number;
        }
        return isOfArguments(status) ? "CL_INVALID_" + OF_ARGUMENTS.get(FIRST_INVALID - status) + number : "" + status;
    }

    /** {@return whether the call was wrong, whatever the state of the device} */
    static boolean isOfArguments(int status) {
        return status <= FIRST_INVALID && status > FIRST_INVALID - OF_ARGUMENTS.size();
    }

    /** {@return whether the device has failed, and not the call been wrong} */
    static boolean isOfTheDevice(int status) {
        // A queue of ours is no queue any more only if the driver gave it up.
        return status == INVALID_COMMAND_QUEUE || status < 0 && !isOfArguments(status);
    }

    /** {@return whether the device does no more work, as far as a status tells} */
    static boolean isLoss(int status) {
        return status == INVALID_COMMAND_QUEUE || status == EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST;
    }

    /** {@return what a status means to who reads of it, beginning with a space; empty where the name says it} */
    static String meaning(int status) {
        return switch (status) {
            case INVALID_BUFFER_SIZE ->
                " (larger than the device allows one buffer to be: take a smaller batch, or the CPU)";
            case MEM_OBJECT_ALLOCATION_FAILURE -> " (no device memory left: take a smaller batch, or the CPU)";
            case OUT_OF_RESOURCES ->
                " (no device memory left, or the device was lost: take a smaller batch, or the" + " CPU)";
            case OUT_OF_HOST_MEMORY -> " (no host memory left)";
            case EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST ->
                " (work before it failed: no device memory left, or the device was lost)";
            case INVALID_COMMAND_QUEUE -> " (the command queue is gone: the device was lost)";
            default -> "";
        };
    }
}
