package dev.thalweg.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * Native memory for what a C function is given or answers, for the time of the call: opened by a
 * {@code try}-with-resources around it, and freed at its end.
 */
public final class CallMemory implements SegmentAllocator, AutoCloseable {
    private final Arena arena = Arena.ofConfined();

    /** Starts without any. */
    public CallMemory() {}

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        return arena.allocate(byteSize, byteAlignment);
    }

    @Override
    public void close() {
        arena.close();
    }
}
