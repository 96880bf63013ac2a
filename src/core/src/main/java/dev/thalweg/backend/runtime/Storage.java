package dev.thalweg.backend.runtime;

import dev.thalweg.memory.MemoryOwner;

/** Where memory comes from. */
@FunctionalInterface
public interface Storage {
    /** The host's. */
    Storage HOST = (owner, bytes) -> new HostPiece(owner.allocate(bytes));

    /**
     * Allocates memory full of zeros.
     *
     * @param owner frees it when it is closed
     * @param bytes how much
     * @return the memory
     */
    Piece allocate(MemoryOwner owner, long bytes);

    /**
     * {@return at multiples of how many bytes a part of a piece may begin}
     */
    default long alignment() {
        return MemoryOwner.ALIGNMENT;
    }
}
