package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.backend.winograd.Tiles;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How large a convolution by Winograd's filtering is, and how it falls apart: into blocks of tiles, of which each
 * thread computes one after another in its own cache; or, where reading the transformed kernels again for each block of
 * each thread would move more memory than writing tiles to it, into sections that all threads compute together.
 */
record WinogradSize(Tiles tiles, int channels, int filters, int threads) {
    /** Bytes of a block's transformed tiles and products. */
    private static final long BLOCK_BYTES = 1 << 20;
    /** Bytes of a section's transformed tiles and products. */
    private static final long SECTION_BYTES = 32 << 20;
    /** Fewer tiles than these leave a product's rows too short for its kernels. */
    private static final int BLOCK_TILES = 32;

    private long tileBytes() {
        return (long) Tiles.PRODUCTS * (channels + filters) * Float.BYTES;
    }

    private long kernelBytes() {
        return (long) Tiles.PRODUCTS * channels * filters * Float.BYTES;
    }

    private long stripsOfThread() {
        return (tiles.strips() + threads - 1L) / threads;
    }

    /** How many blocks a thread computes one after another, all of the same size. */
    private long blocks() {
        long most = Math.max(1, Math.max(BLOCK_TILES, BLOCK_BYTES / tileBytes()) / tiles.stripTiles());
        return (stripsOfThread() + most - 1) / most;
    }

    /** How many strips a block has. */
    int blockStrips() {
        return Math.toIntExact((stripsOfThread() + blocks() - 1) / blocks());
    }

    /** How many tiles a block has. */
    int blockTiles() {
        return Math.multiplyExact(blockStrips(), tiles.stripTiles());
    }

    /** Whether filtering in blocks, each of which reads the kernels, would move more memory than together. */
    boolean filtersTogether() {
        return 2 * tiles.count() * tileBytes() < (threads * blocks() - 1) * kernelBytes();
    }

    /** The same of gradients of kernels, to which each block adds. */
    boolean sumsTogether() {
        return 2 * tiles.count() * tileBytes() < (2L * threads * blocks() - 1) * kernelBytes();
    }

    /** The strips of each section that all threads compute together. */
    List<Section> sections() {
        int count = (int) Math.min(tiles.strips(), 1 + (tiles.count() * tileBytes() - 1) / SECTION_BYTES);
        return IntStream.range(0, count)
                .mapToObj(i -> new Section(
                        i, ThreadTeam.share(tiles.strips(), i, count), ThreadTeam.share(tiles.strips(), i + 1, count)))
                .toList();
    }

    /** Strips from one on to before another. */
    record Section(int index, int from, int to) {}

    /** How many tiles a section has. */
    int tiles(Section section) {
        return Math.multiplyExact(section.to() - section.from(), tiles.stripTiles());
    }

    /** The layout of so many tiles of the source. */
    MemoryDesc sources(int count) {
        return MemoryDesc.plain(Shape.of(Tiles.PRODUCTS, count, channels), DataType.FLOAT32);
    }

    /** The same as factors of a sum over tiles. */
    MemoryDesc transposedSources(int count) {
        return MemoryDesc.transposed(Shape.of(Tiles.PRODUCTS, count, channels), DataType.FLOAT32, List.of(0, 2, 1));
    }

    /** The layout of so many tiles of the result. */
    MemoryDesc results(int count) {
        return MemoryDesc.plain(Shape.of(Tiles.PRODUCTS, count, filters), DataType.FLOAT32);
    }

    /** The layout of transformed kernels. */
    MemoryDesc kernels() {
        return MemoryDesc.plain(Shape.of(Tiles.PRODUCTS, channels, filters), DataType.FLOAT32);
    }

    /** For each thread a block's tiles of the source, then those of the result. */
    MemoryDesc blockMemory() {
        return MemoryDesc.plain(Shape.of(threads, Tiles.PRODUCTS, blockTiles(), channels + filters), DataType.FLOAT32);
    }

    /** A thread's tiles of the source in the memory of blocks. */
    MemorySegment blockSources(MemorySegment memory, int thread) {
        long bytes = blockTiles() * tileBytes();
        return memory.asSlice(bytes * thread, bytes / (channels + filters) * channels);
    }

    /** A thread's tiles of the result in the memory of blocks. */
    MemorySegment blockResults(MemorySegment memory, int thread) {
        long bytes = blockTiles() * tileBytes();
        long results = bytes / (channels + filters) * filters;
        return memory.asSlice(bytes * (thread + 1L) - results, results);
    }
}
