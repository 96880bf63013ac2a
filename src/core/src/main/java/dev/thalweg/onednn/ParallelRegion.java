package dev.thalweg.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * A region that OpenMP's threads compute together: those which compute the primitives of the thread that calls. So
 * between a primitive and such a region no thread has to be woken, and none waits for a processor that another one
 * still holds. The JVM takes OpenMP's threads for daemons from their first region on.
 */
@SuppressWarnings("restricted") // Calls OpenMP, which calls back.
public final class ParallelRegion implements AutoCloseable {
    /** What OpenMP calls, with the address of data of which there are none. */
    @FunctionalInterface
    interface Called {
        void call(long data);
    }

    private static final int NO_FLAGS = 0;

    private final Runnable work;
    private final MethodHandle parallel;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment function;
    private volatile @Nullable Throwable failure;

    /**
     * Makes a region.
     *
     * @param work what each of its threads does
     * @throws java.util.NoSuchElementException if regions are not possible
     */
    public ParallelRegion(Runnable work) {
        OneDnn.require();
        this.work = work;
        this.parallel = OpenMp.parallelFunction();
        try {
            MethodHandle called = MethodHandles.lookup()
                    .findVirtual(Called.class, "call", MethodType.methodType(void.class, long.class));
            Called compute = this::compute;
            function = Linker.nativeLinker()
                    .upcallStub(called.bindTo(compute), FunctionDescriptor.ofVoid(ValueLayout.JAVA_LONG), arena);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the method stands above", e);
        }
    }

    /**
     * {@return whether oneDNN computes with an OpenMP that offers GNU's interface: otherwise there are no regions}
     */
    public static boolean isPossible() {
        OneDnn.require();
        return OpenMp.hasParallelFunction();
    }

    /**
     * Has several threads do the work, the calling one among them, and returns when all have.
     *
     * @param threads how many at most: OpenMP may give fewer
     * @throws IllegalStateException if one of them threw something; it is the cause
     */
    public synchronized void run(int threads) {
        failure = null;
        try {
            parallel.invokeExact(function, 0L, threads, NO_FLAGS);
        } catch (Throwable e) {
            throw new AssertionError("a region throws nothing", e);
        }
        if (failure != null) {
            throw new IllegalStateException("a thread of a parallel region failed: " + failure, failure);
        }
    }

    /** An exception must not leave this: that would end the process. */
    private void compute(long ignored) {
        try {
            work.run();
        } catch (Throwable e) {
            failure = e;
        }
    }

    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
