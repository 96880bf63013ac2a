package dev.thalweg.opencl;

import dev.thalweg.tensor.DeviceException;
import java.lang.foreign.MemorySegment;

/** OpenCL refused, or a library that calls it: the message says what, with what status. */
public final class OpenClException extends DeviceException {
    private static final long serialVersionUID = 1;

    private static final String AFTER_LOSS =
            "close the model and go on from the last checkpoint, which is as it was, in"
                    + " another one: on the GPU if that works again, else on the CPU";

    private OpenClException(String message) {
        super(message);
    }

    static OpenClException missing(String function) {
        return new OpenClException("OpenCL: the driver says that it has unified shared memory, and has no " + function
                + ": set the system property " + OpenClHeap.PROPERTY + " to buffer");
    }

    static void check(String call, int status) {
        if (status != 0) {
            throw new OpenClException(
                    "OpenCL: " + answer(call, status) + (OpenClStatus.isLoss(status) ? "; " + AFTER_LOSS : ""));
        }
    }

    /** Checks what a command returned, which was to compute or to copy what was computed. */
    static void check(MemorySegment queue, String call, int status) {
        if (status != 0) {
            throw whileComputing(queue, answer(call, status));
        }
    }

    private static String answer(String call, int status) {
        return call + " returned " + OpenClStatus.name(status) + OpenClStatus.meaning(status);
    }

    /**
     * {@return what to throw where a device takes no more work}
     *
     * @param device which
     * @param cause where it was noticed
     */
    public static OpenClException whilePreparing(OpenClDevice device, Exception cause) {
        OpenClException e = new OpenClException(
                "the GPU \"" + device.name() + "\" failed: " + cause.getMessage() + "; " + AFTER_LOSS);
        e.initCause(cause);
        return e;
    }

    /**
     * {@return what to throw where a device failed at work}
     *
     * @param queue whose device
     * @param answer what was called, and what that returned
     */
    public static OpenClException whileComputing(MemorySegment queue, String answer) {
        return new OpenClException("the GPU \"" + OpenClDevice.nameOf(queue) + "\" failed at work: " + answer
                + "; the weights that it held count as lost: " + AFTER_LOSS);
    }
}
