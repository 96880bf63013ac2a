package dev.thalweg.backend.runtime;

import java.lang.foreign.MemorySegment;

/**
 * Memory of the host.
 *
 * @param segment where it lies
 */
public record HostPiece(MemorySegment segment) implements Piece {
    @Override
    public long bytes() {
        return segment.byteSize();
    }

    @Override
    public Piece slice(long offset, long bytes) {
        return new HostPiece(segment.asSlice(offset, bytes));
    }

    @Override
    public void write(MemorySegment data) {
        MemorySegment.copy(data, 0, segment, 0, data.byteSize());
    }

    @Override
    public void read(MemorySegment data) {
        MemorySegment.copy(segment, 0, data, 0, data.byteSize());
    }
}
