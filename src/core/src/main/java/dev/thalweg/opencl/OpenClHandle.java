package dev.thalweg.opencl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.ToIntFunction;

/**
 * One object of OpenCL: its address, how it is released, and whether it was. That nobody releases it while another
 * thread is in a call with it is its owner's business.
 */
final class OpenClHandle implements AutoCloseable {
    /** Makes an object. */
    @FunctionalInterface
    interface Creation {
        /**
         * Calls a C function.
         *
         * @param arena for what the function is given
         * @param status receives its status
         * @return the object
         */
        MemorySegment call(Arena arena, MemorySegment status);
    }

    private final String what;
    private final MemorySegment address;
    private final ToIntFunction<MemorySegment> release;
    private volatile boolean closed;

    private OpenClHandle(String what, MemorySegment address, ToIntFunction<MemorySegment> release) {
        this.what = what;
        this.address = address;
        this.release = release;
    }

    /**
     * Makes an object.
     *
     * @param what the C function and its arguments, for messages
     * @param creation calls it
     * @param release frees the object
     * @throws OpenClException if there is none
     */
    static OpenClHandle create(String what, Creation creation, ToIntFunction<MemorySegment> release) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment address = creation.call(arena, status);
            OpenClException.check(what, status.get(ValueLayout.JAVA_INT, 0));
            return new OpenClHandle(what, address, release);
        }
    }

    /** The address; throws once the object is released. */
    MemorySegment get() {
        if (closed) {
            throw new IllegalStateException("OpenCL: this object is released and cannot be used: " + what);
        }
        return address;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            OpenClException.check("releasing what " + what + " made", release.applyAsInt(address));
        }
    }
}
