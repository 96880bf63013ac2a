package dev.thalweg.backend.java;

import java.lang.foreign.MemorySegment;

/** A tensor off the heap whose elements are computed with as floats, whatever they are stored as. */
sealed interface Numbers permits Floats, Bytes {
    MemorySegment segment();

    void load(long index, float[] to, int at, int length);

    void store(float[] from, int at, long index, int length);

    default void load(long index, float[] to, int length) {
        load(index, to, 0, length);
    }

    default void store(float[] from, long index, int length) {
        store(from, 0, index, length);
    }
}
