package dev.thalweg.onednn;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntBiFunction;
import java.util.function.ToIntFunction;

/**
 * One object of oneDNN: its address, how it is destroyed, and whether it was. That nobody destroys it while another
 * thread is in a call with it is its owner's business: {@link dev.thalweg.memory.Lifetime}.
 */
final class Handle implements AutoCloseable {
    private static final AtomicLong LIVE = new AtomicLong();

    private final String what;
    private final MemorySegment address;
    private final ToIntFunction<MemorySegment> destroy;
    private volatile boolean closed;

    private Handle(String what, MemorySegment address, ToIntFunction<MemorySegment> destroy) {
        this.what = what;
        this.address = address;
        this.destroy = destroy;
    }

    /**
     * Makes an object.
     *
     * @param call the C function, for messages
     * @param arguments what it is given, for messages
     * @param create calls it with the address that receives the object
     * @param destroy frees the object
     */
    static Handle create(
            String call, Object arguments, ToIntFunction<MemorySegment> create, ToIntFunction<MemorySegment> destroy) {
        OneDnn.require();
        MemorySegment address = pointer(call, create, arguments);
        LIVE.incrementAndGet();
        return new Handle(String.valueOf(arguments), address, destroy);
    }

    /** What a C function writes to the address it is given. */
    private static MemorySegment pointer(String call, ToIntFunction<MemorySegment> function, Object what) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            Status.check(call, function.applyAsInt(out), what);
            return out.get(ValueLayout.ADDRESS, 0);
        }
    }

    /**
     * Asks the object for an address.
     *
     * @param call the C function, for messages
     * @param query calls it with this object's address and the address that receives the answer
     */
    MemorySegment ask(String call, ToIntBiFunction<MemorySegment, MemorySegment> query) {
        return pointer(call, out -> query.applyAsInt(get(), out), this);
    }

    /** How many objects of this process are not destroyed yet. */
    static long live() {
        return LIVE.get();
    }

    /** The address; throws once the object is destroyed. */
    MemorySegment get() {
        if (closed) {
            throw new IllegalStateException("oneDNN: this object is closed and cannot be used: " + what);
        }
        return address;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LIVE.decrementAndGet();
            Status.check("destroy", destroy.applyAsInt(address), what);
        }
    }

    @Override
    public String toString() {
        return what;
    }
}
