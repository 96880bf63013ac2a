package dev.thalweg.backend.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A thread's small arrays for one tile of a parameter. They are on the heap, because loops over arrays become vector
 * instructions where loops over two segments do not.
 */
final class Desk {
    /** Elements of a tile, whose squares are summed up together. */
    static final int TILE = 2048;
    /** Elements that move at a time: a rule's arrays of so many fit the first cache of a processor, of a tile not. */
    static final int STRIP = 1024;

    private final float[][] arrays;
    private final float[] before = new float[TILE];
    private final SquareSum squares = new SquareSum(TILE);

    Desk(int arrays) {
        this.arrays = new float[arrays][TILE];
    }

    /** How many tiles there are. */
    static int tiles(Piece piece) {
        return Math.toIntExact((piece.bytes() / Float.BYTES + TILE - 1) / TILE);
    }

    /** How long a tile is. */
    static int length(Piece piece, int tile) {
        return (int) Math.min(TILE, piece.bytes() / Float.BYTES - (long) tile * TILE);
    }

    /** The first element of a tile. */
    static long first(int tile) {
        return (long) tile * TILE;
    }

    /** Copies elements in, from the first of some on. */
    void load(Piece piece, long first, int length, int array) {
        MemorySegment from = ((HostPiece) piece).segment();
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, first * Float.BYTES, arrays[array], 0, length);
    }

    void store(int array, Piece piece, long first, int length) {
        MemorySegment to = ((HostPiece) piece).segment();
        MemorySegment.copy(arrays[array], 0, to, ValueLayout.JAVA_FLOAT, first * Float.BYTES, length);
    }

    void run(TileProgram program, float[] uniforms, int length) {
        program.run(arrays, uniforms, length);
    }

    double squareSum(int array, int length) {
        return squares.of(arrays[array], length);
    }

    /** Keeps an array as a strip of the tile, to see by how much it will have changed. */
    void keep(int array, int strip, int length) {
        System.arraycopy(arrays[array], 0, before, strip, length);
    }

    /** Puts what was taken from the kept strip in its place. */
    void keepChange(int array, int strip, int length) {
        float[] after = arrays[array];
        for (int i = 0; i < length; i++) {
            before[strip + i] -= after[i];
        }
    }

    /** The square sum of the changes of a tile. */
    double changeSquareSum(int length) {
        return squares.of(before, length);
    }
}
