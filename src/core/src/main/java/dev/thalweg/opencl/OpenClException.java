package dev.thalweg.opencl;

import dev.thalweg.tensor.ThalwegException;

/** OpenCL refused: the message says what, with what status. */
public final class OpenClException extends ThalwegException {
    private static final long serialVersionUID = 1;

    private OpenClException(String message) {
        super(message);
    }

    static void check(String call, int status) {
        if (status != 0) {
            throw new OpenClException("OpenCL: " + call + " returned " + status
                    + switch (status) {
                        case -61 ->
                            " (larger than the device allows one buffer to be: take a smaller batch, or the CPU)";
                        case -4 -> " (no device memory left: take a smaller batch, or the CPU)";
                        case -5 -> " (out of resources)";
                        case -6 -> " (no host memory left)";
                        case -11 -> " (a program could not be built)";
                        case -36 -> " (the command queue is gone: the device was lost)";
                        default -> "";
                    });
        }
    }
}
