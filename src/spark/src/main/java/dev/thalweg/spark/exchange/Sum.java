package dev.thalweg.spark.exchange;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Floats that are added up over all replicas, each of which forms one part of the sums: as many elements as any other,
 * or one more. Sums are formed of floats, in the order of the ranks; what travels may be rounded, and then what all
 * replicas have in the end is the sums rounded.
 */
final class Sum {
    private final MemorySegment numbers;
    private final int rank;
    private final int replicas;
    private final Wire wire;
    private final Rooms rooms;
    /** What is to be given back when everything has been sent. */
    private final List<MemorySegment> lent = new ArrayList<>();

    /**
     * A sum to be formed.
     *
     * @param numbers of this replica, and then the sums
     * @param rank of this replica
     * @param replicas how many there are
     * @param wire how they travel
     * @param rooms for what does not lie where the numbers do
     */
    Sum(MemorySegment numbers, int rank, int replicas, Wire wire, Rooms rooms) {
        this.numbers = numbers;
        this.rank = rank;
        this.replicas = replicas;
        this.wire = wire;
        this.rooms = rooms;
    }

    private long bound(int of) {
        return numbers.byteSize() / Float.BYTES * of / replicas * Float.BYTES;
    }

    /** The part of the sums that a replica forms. */
    private MemorySegment part(int of) {
        return numbers.asSlice(bound(of), bound(of + 1) - bound(of));
    }

    /** How many bytes of a replica's part travel. */
    long bytes(int of) {
        return wire.bytes(part(of));
    }

    /** What travels of a part. */
    MemorySegment packed(int of) {
        return lend(wire.pack(part(of), rooms));
    }

    private MemorySegment lend(MemorySegment room) {
        if (wire != Wire.F32) {
            synchronized (lent) {
                lent.add(room);
            }
        }
        return room;
    }

    /**
     * Forms the sums of this replica's part, in the order of the ranks.
     *
     * @param summands of the other replicas as they came, in the order of their ranks; the first is changed
     * @return what travels of the sums
     */
    MemorySegment form(MemorySegment[] summands) {
        MemorySegment own = part(rank);
        // Two numbers have one sum, in whichever order.
        boolean inPlace = rank <= 1;
        MemorySegment sums = inPlace ? own : lend(wire.unpack(summands[0], rooms));
        for (int i = inPlace ? 0 : 1; i < replicas; i++) {
            if (i != rank) {
                wire.add(summands[i], sums);
            } else if (!inPlace) {
                Wire.F32.add(own, sums);
            }
        }
        MemorySegment packed = lend(wire.pack(sums, rooms));
        if (wire != Wire.F32 || !inPlace) {
            wire.unpack(packed, own);
        }
        return wire == Wire.F32 ? own : packed;
    }

    /** Where the sums of another replica's part come: in their place, if they come as floats. */
    MemorySegment room(int of) {
        return wire == Wire.F32 ? part(of) : lend(rooms.take(bytes(of)));
    }

    /** Takes the sums of another replica's part that came. */
    void take(int of, MemorySegment room) {
        if (wire != Wire.F32) {
            wire.unpack(room, part(of));
        }
    }

    /** Gives all rooms back, of a sum that is done. */
    void release() {
        synchronized (lent) {
            lent.forEach(rooms::giveBack);
            lent.clear();
        }
    }
}
