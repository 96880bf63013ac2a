package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.ThreadTeam;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Adds what each member of a team summed up, in the order of their numbers: {@code [members, C]} to {@code [C]}. */
record BiasSum(MemorySegment sums, MemorySegment bias) implements ThreadTeam.Task {
    @Override
    public void run(int member, int members) {
        if (member > 0) {
            return;
        }
        long channels = bias.byteSize() / Float.BYTES;
        for (long channel = 0; channel < channels; channel++) {
            float sum = 0;
            for (long part = 0; part < members; part++) {
                sum += sums.getAtIndex(ValueLayout.JAVA_FLOAT, part * channels + channel);
            }
            bias.setAtIndex(ValueLayout.JAVA_FLOAT, channel, sum);
        }
    }
}
