package dev.thalweg.backend.onednn;

import dev.thalweg.backend.winograd.Tiles;
import java.lang.foreign.MemorySegment;

/** A thread's part of the memory of Winograd's tiles: {@code [36, tiles, C]} of a source and of a result. */
record BlockMemory(MemorySegment sources, MemorySegment results) {
    static BlockMemory of(MemorySegment scratch, int thread, int blockTiles, int channels, int filters) {
        long tile = (long) Tiles.PRODUCTS * blockTiles * Float.BYTES;
        long first = tile * (channels + filters) * thread;
        return new BlockMemory(
                scratch.asSlice(first, tile * channels), scratch.asSlice(first + tile * channels, tile * filters));
    }
}
