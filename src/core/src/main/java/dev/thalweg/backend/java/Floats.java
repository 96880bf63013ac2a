package dev.thalweg.backend.java;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A tensor of floats off the heap, addressed by element. */
record Floats(MemorySegment segment) implements Numbers {
    long length() {
        return segment.byteSize() / Float.BYTES;
    }

    float get(long index) {
        return segment.getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    void set(long index, float value) {
        segment.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
    }

    void fill(float value) {
        for (long i = 0; i < length(); i++) {
            set(i, value);
        }
    }

    @Override
    public void load(long index, float[] to, int at, int length) {
        MemorySegment.copy(segment, ValueLayout.JAVA_FLOAT, index * Float.BYTES, to, at, length);
    }

    @Override
    public void store(float[] from, int at, long index, int length) {
        MemorySegment.copy(from, at, segment, ValueLayout.JAVA_FLOAT, index * Float.BYTES, length);
    }
}
