package dev.thalweg.backend.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A thread's small arrays for one tile of a parameter. They are on the heap, because loops over arrays become vector
 * instructions where loops over two segments do not.
 */
final class Desk {
    /** Elements of a tile. */
    static final int TILE = 2048;

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

    void load(Piece piece, int tile, int array) {
        MemorySegment from = ((HostPiece) piece).segment();
        MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, start(tile), arrays[array], 0, length(piece, tile));
    }

    void store(int array, Piece piece, int tile) {
        MemorySegment to = ((HostPiece) piece).segment();
        MemorySegment.copy(arrays[array], 0, to, ValueLayout.JAVA_FLOAT, start(tile), length(piece, tile));
    }

    private static long start(int tile) {
        return (long) tile * TILE * Float.BYTES;
    }

    void run(TileProgram program, float[] uniforms, int length) {
        program.run(arrays, uniforms, length);
    }

    double squareSum(int array, int length) {
        return squares.of(arrays[array], length);
    }

    /** Keeps an array, to see by how much it will have changed. */
    void keep(int array, int length) {
        System.arraycopy(arrays[array], 0, before, 0, length);
    }

    /** The square sum of what has been added to the kept array. */
    double changeSquareSum(int array, int length) {
        TileLoops.sum(before, 1, before, -1, arrays[array], length);
        return squares.of(before, length);
    }
}
