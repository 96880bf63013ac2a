package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.ThreadTeam;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Adds sums in their order: {@code [sums, C]} to {@code [C]}. */
record BiasSum(MemorySegment sums, MemorySegment bias) implements ThreadTeam.Task {
    @Override
    public void run(int member, int members) {
        if (member > 0) {
            return;
        }
        long channels = bias.byteSize() / Float.BYTES;
        long all = sums.byteSize() / Float.BYTES;
        for (long channel = 0; channel < channels; channel++) {
            float sum = 0;
            for (long index = channel; index < all; index += channels) {
                sum += sums.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            }
            bias.setAtIndex(ValueLayout.JAVA_FLOAT, channel, sum);
        }
    }
}
