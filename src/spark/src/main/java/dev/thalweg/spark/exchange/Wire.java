package dev.thalweg.spark.exchange;

import dev.thalweg.tensor.Precision;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How 32-bit floats travel. */
enum Wire {
    /** As they are. */
    F32(Float.BYTES) {
        @Override
        MemorySegment pack(MemorySegment floats, Rooms rooms) {
            return floats;
        }

        @Override
        MemorySegment unpack(MemorySegment packed, Rooms rooms) {
            return packed;
        }

        @Override
        void unpack(MemorySegment packed, MemorySegment floats) {
            floats.copyFrom(packed);
        }

        @Override
        void add(MemorySegment packed, MemorySegment sums) {
            long count = sums.byteSize() / Float.BYTES;
            for (long i = 0; i < count; i++) {
                sums.setAtIndex(FLOAT, i, sums.getAtIndex(FLOAT, i) + packed.getAtIndex(FLOAT, i));
            }
        }
    },
    /** Rounded to the nearest number of 8 significant bits, those halfway to the even one: their upper halves. */
    BF16(Short.BYTES) {
        @Override
        MemorySegment pack(MemorySegment floats, Rooms rooms) {
            MemorySegment packed = rooms.take(bytes(floats));
            long count = floats.byteSize() / Float.BYTES;
            for (long i = 0; i < count; i++) {
                packed.setAtIndex(SHORT, i, (short) (rounded(floats.getAtIndex(INT, i)) >>> Short.SIZE));
            }
            return packed;
        }

        /** Without a branch, so that several are rounded at a time; what is no number stays none. */
        private static int rounded(int bits) {
            int notANumber = INFINITY - (bits & Integer.MAX_VALUE) >> Integer.SIZE - 1;
            int nearest = bits + 0x7fff + (bits >>> Short.SIZE & 1);
            return nearest & ~notANumber | (bits | QUIET) & notANumber;
        }

        @Override
        MemorySegment unpack(MemorySegment packed, Rooms rooms) {
            MemorySegment floats = rooms.take(packed.byteSize() / Short.BYTES * Float.BYTES);
            unpack(packed, floats);
            return floats;
        }

        @Override
        void unpack(MemorySegment packed, MemorySegment floats) {
            long count = floats.byteSize() / Float.BYTES;
            for (long i = 0; i < count; i++) {
                floats.setAtIndex(INT, i, packed.getAtIndex(SHORT, i) << Short.SIZE);
            }
        }

        @Override
        void add(MemorySegment packed, MemorySegment sums) {
            long count = sums.byteSize() / Float.BYTES;
            for (long i = 0; i < count; i++) {
                float more = Float.intBitsToFloat(packed.getAtIndex(SHORT, i) << Short.SIZE);
                sums.setAtIndex(FLOAT, i, sums.getAtIndex(FLOAT, i) + more);
            }
        }
    };

    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final int INFINITY = 0x7f80_0000;
    private static final int QUIET = 0x0040_0000;

    private final int width;

    Wire(int width) {
        this.width = width;
    }

    /**
     * {@return the form by that precision}
     *
     * @throws IllegalArgumentException if nothing travels by it
     */
    static Wire of(Precision precision) {
        return switch (precision) {
            case F32 -> F32;
            case BF16 -> BF16;
            default ->
                throw new IllegalArgumentException("expected numbers that travel in F32 or BF16, got " + precision);
        };
    }

    /** How many bytes of floats travel. */
    long bytes(MemorySegment floats) {
        return floats.byteSize() / Float.BYTES * width;
    }

    /** What travels of floats: they themselves, or a room. */
    abstract MemorySegment pack(MemorySegment floats, Rooms rooms);

    /** The floats that came: what came itself, or a room. */
    abstract MemorySegment unpack(MemorySegment packed, Rooms rooms);

    /** Puts what came in the place of floats. */
    abstract void unpack(MemorySegment packed, MemorySegment floats);

    /** Adds what came to floats. */
    abstract void add(MemorySegment packed, MemorySegment sums);
}
