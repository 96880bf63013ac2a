package dev.thalweg.onednn;

import dev.thalweg.memory.CallMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** The threads of oneDNN's kernels. */
@SuppressWarnings("restricted") // Calls three functions of C libraries.
final class OpenMp {
    /**
     * How often a waiting thread of libgomp looks before it sleeps; about ten microseconds, the gap between two
     * kernels. libgomp's own choice is milliseconds: no faster when the processors are ours alone, but thirty times
     * slower, measured, as soon as another program wants them too.
     */
    private static final String SPIN_COUNT = "1000";

    private static final String PARALLEL = "GOMP_parallel";

    private OpenMp() {}

    /** Tells libgomp how to wait, unless the user has. To be called before it is loaded. */
    static void waitBriefly() {
        if (System.getenv("GOMP_SPINCOUNT") == null && System.getenv("OMP_WAIT_POLICY") == null) {
            Linker.nativeLinker().defaultLookup().find("setenv").ifPresent(function -> {
                MethodHandle setenv = Linker.nativeLinker()
                        .downcallHandle(
                                function,
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.JAVA_INT));
                try (CallMemory memory = new CallMemory()) {
                    int ignored = (int) setenv.invokeExact(
                            memory.allocateFrom("GOMP_SPINCOUNT"), memory.allocateFrom(SPIN_COUNT), 0);
                } catch (Throwable e) {
                    throw new AssertionError("setenv throws nothing", e);
                }
            });
        }
    }

    /** The function that sets how many threads the calling thread's kernels use; none without OpenMP. */
    static Optional<MethodHandle> setThreadsFunction() {
        return find("omp_set_num_threads")
                .map(f -> Linker.nativeLinker().downcallHandle(f, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT)));
    }

    /** Whether there is {@link #parallelFunction}: with OpenMP, unless with one that lacks GNU's interface. */
    static boolean hasParallelFunction() {
        return find(PARALLEL).isPresent();
    }

    /**
     * The function that has threads call another one together, as GNU's compilers call it: what to call, what to give
     * it, how many threads, flags.
     */
    static MethodHandle parallelFunction() {
        return Linker.nativeLinker()
                .downcallHandle(
                        find(PARALLEL).orElseThrow(),
                        FunctionDescriptor.ofVoid(
                                ValueLayout.ADDRESS,
                                ValueLayout.JAVA_LONG,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT));
    }

    private static Optional<MemorySegment> find(String name) {
        return SymbolLookup.loaderLookup().find(name).or(() -> ofSystem(name));
    }

    /** A library named by the user brings its own OpenMP, already in the process under its usual name. */
    private static Optional<MemorySegment> ofSystem(String name) {
        try {
            return SymbolLookup.libraryLookup("libgomp.so.1", Arena.global()).find(name);
        } catch (IllegalArgumentException missing) {
            return Optional.empty();
        }
    }
}
