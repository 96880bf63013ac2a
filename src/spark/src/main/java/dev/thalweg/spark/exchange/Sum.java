package dev.thalweg.spark.exchange;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * Floats that are added up over all replicas, each of which forms one part of the sums: as many elements as any other,
 * or one more.
 *
 * @param numbers of this replica, and then the sums
 * @param rank of this replica
 * @param replicas how many there are
 */
record Sum(MemorySegment numbers, int rank, int replicas) {
    private long bound(int of) {
        return numbers.byteSize() / Float.BYTES * of / replicas * Float.BYTES;
    }

    /** The part of the sums that a replica forms. */
    MemorySegment part(int of) {
        return numbers.asSlice(bound(of), bound(of + 1) - bound(of));
    }

    /** The bytes of that part, as they lie. */
    ByteBuffer bytes(int of) {
        return part(of).asByteBuffer();
    }

    /**
     * Forms the sums of this replica's part, in the order of the ranks.
     *
     * @param summands of the other replicas, in the order of their ranks; the first is changed
     */
    void form(MemorySegment[] summands) {
        MemorySegment own = part(rank);
        // Two numbers have one sum, in whichever order.
        boolean inPlace = rank <= 1;
        MemorySegment sums = inPlace ? own : summands[0];
        for (int i = inPlace ? 0 : 1; i < replicas; i++) {
            if (i != rank) {
                add(sums, summands[i]);
            } else if (!inPlace) {
                add(sums, own);
            }
        }
        if (!inPlace) {
            own.copyFrom(sums);
        }
    }

    private static void add(MemorySegment sums, MemorySegment more) {
        long count = sums.byteSize() / Float.BYTES;
        for (long i = 0; i < count; i++) {
            sums.setAtIndex(
                    ValueLayout.JAVA_FLOAT_UNALIGNED,
                    i,
                    sums.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i)
                            + more.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i));
        }
    }
}
