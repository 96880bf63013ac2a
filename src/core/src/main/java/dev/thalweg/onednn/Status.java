package dev.thalweg.onednn;

import dev.thalweg.onednn.c.Dnnl;
import java.util.Arrays;

/** oneDNN's {@code dnnl_status_t}. */
public enum Status {
    /** It worked. */
    SUCCESS(Dnnl.dnnl_success()),
    /** Memory ran out. */
    OUT_OF_MEMORY(Dnnl.dnnl_out_of_memory()),
    /** Arguments contradict each other. */
    INVALID_ARGUMENTS(Dnnl.dnnl_invalid_arguments()),
    /** There is no implementation for these arguments on this machine. */
    UNIMPLEMENTED(Dnnl.dnnl_unimplemented()),
    /** The list of implementations ended. */
    LAST_IMPL_REACHED(Dnnl.dnnl_last_impl_reached()),
    /** The computation failed. */
    RUNTIME_ERROR(Dnnl.dnnl_runtime_error()),
    /** What was asked for is not needed. */
    NOT_REQUIRED(Dnnl.dnnl_not_required()),
    /** Some status that these bindings do not know. */
    UNKNOWN(-1);

    private final int code;

    Status(int code) {
        this.code = code;
    }

    private static Status of(int code) {
        return Arrays.stream(values()).filter(s -> s.code == code).findFirst().orElse(UNKNOWN);
    }

    /**
     * Turns a failure into an exception.
     *
     * @param call the C function
     * @param code what it returned
     * @param arguments what it was given, for the message
     */
    static void check(String call, int code, Object arguments) {
        if (code != 0) {
            throw new OneDnnException(of(code), "oneDNN: " + answer(call, code, arguments));
        }
    }

    /**
     * {@return what a failure was}
     *
     * @param call the C function
     * @param code what it returned
     * @param arguments what it was given
     */
    static String answer(String call, int code, Object arguments) {
        Status status = of(code);
        return call + " returned " + status + " (" + code + ") for " + arguments
                + (status == UNIMPLEMENTED ? "; this machine or build has no such kernel" : "");
    }
}
