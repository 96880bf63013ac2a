package dev.thalweg.spark.exchange;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

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
    private MemorySegment part(int of) {
        return numbers.asSlice(bound(of), bound(of + 1) - bound(of));
    }

    /** The bytes of that part, as they lie. */
    ByteBuffer bytes(int of) {
        return part(of).asByteBuffer();
    }

    /** Takes the sums that another replica has formed. */
    void take(int of, ByteBuffer sums) {
        part(of).copyFrom(MemorySegment.ofBuffer(sums));
    }

    /** A copy of what another replica has in the part that this one forms. */
    static float[] copy(ByteBuffer summands) {
        FloatBuffer floats = summands.order(ByteOrder.nativeOrder()).asFloatBuffer();
        float[] copy = new float[floats.remaining()];
        floats.get(copy);
        return copy;
    }

    /** Forms the sums of this replica's part, in the order of the ranks. */
    void form(float[][] summands) {
        MemorySegment own = part(rank);
        float[] sums = summands[0] == null ? floats(own) : summands[0];
        for (int i = 1; i < replicas; i++) {
            add(sums, i == rank ? floats(own) : summands[i]);
        }
        MemorySegment.copy(sums, 0, own, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, sums.length);
    }

    private static float[] floats(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private static void add(float[] sums, float... more) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += more[i];
        }
    }
}
