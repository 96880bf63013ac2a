package dev.thalweg.graph.plan;

import dev.thalweg.memory.MemoryOwner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Places buffers of known lifetime in one block so that those alive at the same time do not overlap: greatest first,
 * each at the lowest free offset ("greedy by size", Pisarchyk and Lee 2020).
 */
public final class MemoryPlan {
    /**
     * A buffer.
     *
     * @param bytes its size
     * @param first the first operation at which it holds something
     * @param last the last operation that reads it
     */
    public record Buffer(long bytes, int first, int last) {
        boolean meets(Buffer other) {
            return first <= other.last && other.first <= last;
        }
    }

    private record Placed(Buffer buffer, long offset) {
        long end() {
            return offset + buffer.bytes();
        }
    }

    private final long alignment;
    private final List<Buffer> buffers = new ArrayList<>();
    private long[] offsets = {};
    private long bytes;

    /** Starts an empty plan of the host's memory. */
    public MemoryPlan() {
        this(MemoryOwner.ALIGNMENT);
    }

    /**
     * Starts an empty plan.
     *
     * @param alignment at multiples of what buffers may begin, a power of two
     */
    public MemoryPlan(long alignment) {
        this.alignment = alignment;
    }

    /**
     * Adds a buffer.
     *
     * @param buffer its size and lifetime
     * @return its index
     */
    public int add(Buffer buffer) {
        buffers.add(buffer);
        return buffers.size() - 1;
    }

    /** Places all buffers. */
    public void place() {
        offsets = new long[buffers.size()];
        List<Placed> placed = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < offsets.length; i++) {
            order.add(i);
        }
        order.sort(
                Comparator.comparingLong((Integer i) -> buffers.get(i).bytes()).reversed());
        for (int i : order) {
            Buffer buffer = buffers.get(i);
            long offset = 0;
            for (Placed other : placed) {
                if (other.buffer().meets(buffer) && other.offset() < offset + buffer.bytes()) {
                    offset = Math.max(offset, align(other.end()));
                }
            }
            offsets[i] = offset;
            bytes = Math.max(bytes, offset + buffer.bytes());
            placed.add(new Placed(buffer, offset));
            placed.sort(Comparator.comparingLong(Placed::offset));
        }
    }

    private long align(long offset) {
        return (offset + alignment - 1) & -alignment;
    }

    /**
     * {@return where a buffer lies}
     *
     * @param index as {@link #add} returned it
     */
    public long offset(int index) {
        return offsets[index];
    }

    /**
     * {@return the size of the whole block}
     */
    public long bytes() {
        return bytes;
    }

    /**
     * {@return the most bytes that are alive at one operation: no plan can do with less}
     */
    public long lowerBoundBytes() {
        long most = 0;
        for (Buffer start : buffers) {
            most = Math.max(
                    most,
                    buffers.stream()
                            .filter(b -> b.first <= start.first && b.last >= start.first)
                            .mapToLong(Buffer::bytes)
                            .sum());
        }
        return most;
    }

    /**
     * {@return what the buffers would take without sharing}
     */
    public long unsharedBytes() {
        return buffers.stream().mapToLong(b -> align(b.bytes())).sum();
    }
}
