package dev.thalweg.memory;

import dev.thalweg.tensor.MemoryLimitException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An arena with a name: whoever holds off-heap memory holds it through one of these, and frees it by closing it. What
 * all of them hold of the host's memory obeys a limit. The process-wide counters let a test prove that a step allocates
 * nothing and that closing gives everything back.
 */
public final class MemoryOwner implements AutoCloseable {
    /** Wide enough for a cache line and for every vector register. */
    public static final long ALIGNMENT = 64;
    /**
     * The system property that says how much this process may hold off the heap: bytes, or a number with suffix
     * {@code k}, {@code m} or {@code g}. Without it, what the machine and its control groups leave at the first
     * allocation, less what the Java heap may still grow and a margin.
     */
    public static final String LIMIT_PROPERTY = "thalweg.memory.limit";

    private static final AtomicLong LIVE_BYTES = new AtomicLong();
    private static final AtomicLong ALLOCATIONS = new AtomicLong();

    private final String name;
    // Shared, because batches are filled by other threads than the one that trains.
    private final Arena arena = Arena.ofShared();
    private final Scope adopted = new Scope();
    /** The host's and others'. */
    private long bytes;

    private long hostBytes;
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
     * @throws IllegalArgumentException if the size is negative
     * @throws IllegalStateException if this owner is closed
     * @throws MemoryLimitException if all owners together would hold more than they may; nothing is allocated then
     * @throws OutOfMemoryError if the system has no such memory left
     */
    public synchronized MemorySegment allocate(long size) {
        checkOpen();
        if (size < 0) {
            throw new IllegalArgumentException(name + " asks for " + size + " bytes off the heap, expected at least 0");
        }
        MemoryLimit.reserve(name, size);
        boolean allocated = false;
        try {
            MemorySegment segment = HugePages.allocate(arena, size).orElseGet(() -> arena.allocate(size, ALIGNMENT));
            allocated = true;
            hostBytes += size;
            count(size);
            return segment;
        } finally {
            if (!allocated) {
                MemoryLimit.giveBack(size);
            }
        }
    }

    /**
     * Takes over memory that is not the host's; the limit is not for that.
     *
     * @param size in bytes
     * @param free frees it, when this owner is closed
     * @throws IllegalStateException if this owner is closed
     */
    public synchronized void adopt(long size, Runnable free) {
        checkOpen();
        adopted.own(free::run);
        count(size);
    }

    private void count(long size) {
        bytes += size;
        LIVE_BYTES.addAndGet(size);
        ALLOCATIONS.incrementAndGet();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the memory of " + name + " is closed: nothing can be allocated from it");
        }
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

    /**
     * Frees all memory of this owner; later use of it throws {@link IllegalStateException}. Closing again does nothing.
     *
     * @throws IllegalStateException if a native call is computing on it; nothing is freed then, and closing can be
     *         tried again
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        arena.close();
        closed = true;
        MemoryLimit.giveBack(hostBytes);
        LIVE_BYTES.addAndGet(-bytes);
        bytes = 0;
        adopted.close();
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
