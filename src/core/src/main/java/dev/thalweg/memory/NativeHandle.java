package dev.thalweg.memory;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * One object of a C library: its address, how it is freed, and whether it was. That nobody frees it while another
 * thread is in a call with it is its owner's business: {@link Lifetime}.
 */
public final class NativeHandle implements AutoCloseable {
    private final String library;
    private final String what;
    private final MemorySegment address;
    private final Consumer<MemorySegment> free;
    private volatile boolean closed;

    /**
     * Takes an object over.
     *
     * @param library whose, for messages
     * @param what it is, for messages
     * @param address of the object
     * @param free frees it; is called once
     */
    public NativeHandle(String library, String what, MemorySegment address, Consumer<MemorySegment> free) {
        this.library = library;
        this.what = what;
        this.address = address;
        this.free = free;
    }

    /**
     * {@return the address}
     *
     * @throws IllegalStateException if the object is freed
     */
    public MemorySegment get() {
        if (closed) {
            throw new IllegalStateException(library + ": this object is closed and cannot be used: " + what);
        }
        return address;
    }

    /** {@return whether the object is freed} */
    public boolean isClosed() {
        return closed;
    }

    /** Frees the object. Closing again does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            free.accept(address);
        }
    }

    @Override
    public String toString() {
        return what;
    }
}
