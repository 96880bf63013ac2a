package dev.thalweg.onednn;

import dev.thalweg.memory.CallMemory;
import dev.thalweg.memory.NativeHandle;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntBiFunction;
import java.util.function.ToIntFunction;

/** Makes oneDNN's objects, whose functions write an address to where they are told and return a {@link Status}. */
final class Handles {
    private static final AtomicLong LIVE = new AtomicLong();

    private Handles() {}

    /**
     * Makes an object.
     *
     * @param call the C function, for messages
     * @param arguments what it is given, for messages
     * @param create calls it with the address that receives the object
     * @param destroy frees the object
     */
    static NativeHandle create(
            String call, Object arguments, ToIntFunction<MemorySegment> create, ToIntFunction<MemorySegment> destroy) {
        OneDnn.require();
        String what = String.valueOf(arguments);
        MemorySegment made = pointer(call, create, what);
        LIVE.incrementAndGet();
        return new NativeHandle("oneDNN", what, made, address -> {
            LIVE.decrementAndGet();
            Status.check("destroy", destroy.applyAsInt(address), what);
        });
    }

    /** What a C function writes to the address it is given. */
    private static MemorySegment pointer(String call, ToIntFunction<MemorySegment> function, Object what) {
        try (CallMemory memory = new CallMemory()) {
            MemorySegment out = memory.allocate(ValueLayout.ADDRESS);
            Status.check(call, function.applyAsInt(out), what);
            return out.get(ValueLayout.ADDRESS, 0);
        }
    }

    /**
     * Asks an object for an address.
     *
     * @param handle the object
     * @param call the C function, for messages
     * @param query calls it with the object's address and the address that receives the answer
     */
    static MemorySegment ask(NativeHandle handle, String call, ToIntBiFunction<MemorySegment, MemorySegment> query) {
        return pointer(call, out -> query.applyAsInt(handle.get(), out), handle);
    }

    /** How many objects of this process are not destroyed yet. */
    static long live() {
        return LIVE.get();
    }
}
