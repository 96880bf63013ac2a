package dev.thalweg.spark.exchange;

import dev.thalweg.collective.CollectiveException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is known of one exchange, which others may have begun before this replica. Several threads take turns. */
final class Exchange {
    private final int rank;
    /** Null until this replica begins it, and where nothing is added up. */
    private @Nullable Sum sum;

    private final MemorySegment[] summands;
    /** Where sums that are not there yet come. */
    private final MemorySegment[] sums;

    private int summandsMissing;
    private int sumsMissing;
    private boolean formed;
    private final byte[][] own;

    Exchange(int rank, int size) {
        this.rank = rank;
        summands = new MemorySegment[size];
        sums = new MemorySegment[size];
        summandsMissing = size - 1;
        sumsMissing = size - 1;
        own = new byte[size][];
    }

    /** This replica adds up; whether it can form its part at once. */
    boolean begin(Sum begun) {
        sum = begun;
        for (int from = 0; from < summands.length; from++) {
            if (summands[from] != null) {
                checkSize(from, summands[from].byteSize(), begun);
            }
        }
        return summandsMissing == 0;
    }

    private void checkSize(int from, long bytes, Sum begun) {
        long expected = begun.bytes(rank);
        if (bytes != expected) {
            throw new CollectiveException("replica " + from + " adds up " + bytes + " bytes here, this one " + expected
                    + ": expected the same tensors in the same order in all replicas");
        }
    }

    Sum sum() {
        return Objects.requireNonNull(sum, "a sum that this replica has begun");
    }

    /** Where another replica's summands come. */
    MemorySegment summandsRoom(int from, long bytes, Rooms rooms) {
        if (sum != null) {
            checkSize(from, bytes, sum);
        }
        summands[from] = rooms.take(bytes);
        return summands[from];
    }

    /** Another replica's summands have come; whether this one can form its part. */
    boolean summandsCame() {
        summandsMissing--;
        return summandsMissing == 0 && sum != null;
    }

    /** Forms this replica's part of the sums, of which all summands are there; what travels of it. */
    MemorySegment form(Rooms rooms) {
        MemorySegment part = sum().form(summands);
        Arrays.stream(summands).filter(Objects::nonNull).forEach(rooms::giveBack);
        return part;
    }

    /** This replica's part is on its way; whether all is done. */
    boolean formed() {
        formed = true;
        return hasSums();
    }

    /** Where the part of the sums comes that another replica forms. */
    MemorySegment sumsRoom(int from, long bytes) {
        MemorySegment room = sum().room(from);
        if (room.byteSize() != bytes) {
            throw new IllegalArgumentException("expected " + room.byteSize() + " bytes of sums, got " + bytes);
        }
        sums[from] = room;
        return room;
    }

    /** Takes what came there. */
    void takeSums(int from) {
        sum().take(from, sums[from]);
    }

    /** Another replica's sums are in their place; whether all is done. */
    boolean sumsCame() {
        sumsMissing--;
        return hasSums();
    }

    /** Whether the sums are in place of the numbers, and this replica's part is on its way to all. */
    boolean hasSums() {
        return formed && sumsMissing == 0;
    }

    /** A replica has this, for all to know; whether it is the first that is known of it. */
    boolean own(int from, byte[] bytes) {
        boolean first = own[from] == null;
        own[from] = bytes;
        return first;
    }

    /** What a replica has, for all to know; null as long as it has not come. */
    byte @Nullable [] own(int of) {
        return own[of];
    }
}
