package dev.thalweg.onednn;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How a kernel slides over height and width, in oneDNN's terms.
 *
 * @param strides by how many pixels it moves
 * @param dilates how many pixels lie between two of the kernel: 0 is dense
 * @param paddingBegin above and on the left
 * @param paddingEnd below and on the right
 */
public record Sliding(int[] strides, int[] dilates, int[] paddingBegin, int[] paddingEnd) {
    /** Numbers as oneDNN takes them: 64 bits wide. */
    static MemorySegment longs(SegmentAllocator memory, int[] values) {
        return memory.allocateFrom(
                ValueLayout.JAVA_LONG, IntStream.of(values).asLongStream().toArray());
    }

    @Override
    public String toString() {
        return "strides " + Arrays.toString(strides) + " dilates " + Arrays.toString(dilates) + " padding "
                + Arrays.toString(paddingBegin) + " " + Arrays.toString(paddingEnd);
    }
}
