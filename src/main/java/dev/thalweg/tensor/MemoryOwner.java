package dev.thalweg.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An arena with a name: whoever holds off-heap memory holds it through one of these, and frees it by closing it.
 * The process-wide counters let a test prove that a step allocates nothing and that closing gives everything back.
 */
public final class MemoryOwner implements AutoCloseable {
    /** Wide enough for a cache line and for every vector register. */
    public static final long ALIGNMENT = 64;

    private static final AtomicLong LIVE_BYTES = new AtomicLong();
    private static final AtomicLong ALLOCATIONS = new AtomicLong();

    private final String name;
    // Shared, because batches are filled by other threads than the one that trains.
    private final Arena arena = Arena.ofShared();
    private final Deque<Runnable> adopted = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    private MemoryOwner(String name) {
        this.name = name;
    }

    /**
     * Opens an owner without memory.
     *
     * @param name who it is, for messages
     * @return the owner
     */
    public static MemoryOwner named(String name) {
        return new MemoryOwner(name);
    }

    /**
     * Allocates zeroed memory, aligned to {@link #ALIGNMENT}.
     *
     * @param size in bytes, at least 0
     * @return the segment; it lives until this owner is closed
     * @throws IllegalStateException if this owner is closed
     * @throws OutOfMemoryError if the system has no such memory left
     */
    public synchronized MemorySegment allocate(long size) {
        if (closed) {
            throw new IllegalStateException("the memory of " + name + " is closed: nothing can be allocated from it");
        }
        MemorySegment segment = arena.allocate(size, ALIGNMENT);
        bytes += size;
        LIVE_BYTES.addAndGet(size);
        ALLOCATIONS.incrementAndGet();
        return segment;
    }

    /**
     * Takes over memory that is not the host's.
     *
     * @param size in bytes
     * @param free frees it, when this owner is closed
     * @throws IllegalStateException if this owner is closed
     */
    public synchronized void adopt(long size, Runnable free) {
        if (closed) {
            throw new IllegalStateException("the memory of " + name + " is closed: nothing can be allocated from it");
        }
        adopted.push(free);
        bytes += size;
        LIVE_BYTES.addAndGet(size);
        ALLOCATIONS.incrementAndGet();
    }

    /**
     * {@return who this is}
     */
    public String name() {
        return name;
    }

    /**
     * {@return the bytes allocated here and not yet freed}
     */
    public synchronized long bytes() {
        return bytes;
    }

    /**
     * {@return whether the memory was freed}
     */
    public synchronized boolean isClosed() {
        return closed;
    }

    /** Frees all memory of this owner; later use of it throws {@link IllegalStateException}. Closing again does nothing. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            adopted.forEach(Runnable::run);
            arena.close();
            LIVE_BYTES.addAndGet(-bytes);
            bytes = 0;
        }
    }

    /**
     * {@return the bytes held by all open owners of this process}
     */
    public static long liveBytes() {
        return LIVE_BYTES.get();
    }

    /**
     * {@return how many times any owner of this process has allocated}
     */
    public static long allocations() {
        return ALLOCATIONS.get();
    }
}
