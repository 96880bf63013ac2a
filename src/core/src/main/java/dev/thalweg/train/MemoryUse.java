package dev.thalweg.train;

import dev.thalweg.memory.MemoryOwner;

/**
 * The memory of this process.
 *
 * @param heapBytes used on the Java heap, garbage included
 * @param offHeapBytes held by this library off the heap: pictures, batches, weights, compiled graphs
 */
public record MemoryUse(long heapBytes, long offHeapBytes) {
    static MemoryUse now() {
        Runtime runtime = Runtime.getRuntime();
        return new MemoryUse(runtime.totalMemory() - runtime.freeMemory(), MemoryOwner.liveBytes());
    }
}
