package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/** Has calls of OpenCL fail, by {@code native/gpu-sim/faults.c} in the layer that this process has loaded. */
@SuppressWarnings("restricted") // Calling the layer is what this class is for.
final class Faults {
    /** The system property that says where the layer lies. */
    static final String LAYER = "thalweg.test.layer";
    /** What can fail while a network computes, in buffers or in unified shared memory. */
    static final List<String> FUNCTIONS = List.of(
            "clEnqueueNDRangeKernel",
            "clEnqueueReadBuffer",
            "clEnqueueWriteBuffer",
            "clEnqueueFillBuffer",
            "clEnqueueCopyBuffer",
            "clFinish",
            "clCreateBuffer",
            "clEnqueueMemcpyINTEL",
            "clEnqueueMemFillINTEL",
            "clDeviceMemAllocINTEL");

    /** What OpenCL answers. */
    enum Status {
        CL_MEM_OBJECT_ALLOCATION_FAILURE(-4),
        CL_OUT_OF_RESOURCES(-5),
        CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST(-14),
        CL_INVALID_COMMAND_QUEUE(-36);

        private final int code;

        Status(int code) {
            this.code = code;
        }
    }

    private static final SymbolLookup LIBRARY =
            SymbolLookup.libraryLookup(Path.of(System.getProperty(LAYER)), Arena.global());
    private static final MethodHandle FAIL = function(
            "gpu_sim_fail", ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle CALLS = function("gpu_sim_calls", ValueLayout.ADDRESS);

    private Faults() {}

    private static MethodHandle function(String name, ValueLayout... arguments) {
        return Linker.nativeLinker()
                .downcallHandle(
                        LIBRARY.find(name).orElseThrow(), FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
    }

    /** How often a function was called. */
    static int calls(String function) {
        try (Arena arena = Arena.ofConfined()) {
            int calls = (int) CALLS.invokeExact(arena.allocateFrom(function));
            assertTrue(calls >= 0, function + " cannot fail");
            return calls;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Has the call of a function fail that is the nth from now; if the device is lost, all after it fail too. */
    static void fail(String function, int nth, Status status, boolean lost) {
        set(function, nth, status.code, lost);
    }

    /** All works again; how many calls failed until now. */
    static int end() {
        return set("", 0, 0, false);
    }

    private static int set(String function, int nth, int status, boolean lost) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(function);
            return (int) FAIL.invokeExact(name, nth, status, lost ? 1 : 0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
