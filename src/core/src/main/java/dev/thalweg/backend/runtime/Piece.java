package dev.thalweg.backend.runtime;

import java.lang.foreign.MemorySegment;

/**
 * A piece of memory, wherever it lives. Graphs, plans and training loops know memory by this alone; whether it is the
 * host's or a device's is the business of who made it.
 */
public interface Piece {
    /**
     * {@return its size in bytes}
     */
    long bytes();

    /**
     * {@return a part of it, in the same place}
     *
     * @param offset where it begins
     * @param bytes how large it is
     */
    Piece slice(long offset, long bytes);

    /**
     * Copies host memory here. Nothing may be computing on it.
     *
     * @param data at most as large
     */
    void write(MemorySegment data);

    /**
     * Copies what lies here to host memory. Nothing may be computing on it.
     *
     * @param data at most as large
     */
    void read(MemorySegment data);
}
