package dev.thalweg.backend.winograd;

import java.lang.foreign.MemorySegment;

/**
 * The second half of a transform of tiles: the rows that the first half yielded, multiplied along their columns by the
 * same matrix, are the 36 numbers of each tile. For one thread at a time.
 */
final class RowTransform {
    /** Multiplies rows, each an array, to others. */
    @FunctionalInterface
    interface Matrix {
        void multiply(float[][] from, float[][] to, int length);
    }

    private final Tiles tiles;
    private final int channels;
    private final Matrix matrix;
    private final float[][] gathered;
    private final float[][] products;

    /** Takes what it computes with; a tile has so many columns. */
    RowTransform(Tiles tiles, int channels, int columns, Matrix matrix, Scratch scratch) {
        this.tiles = tiles;
        this.channels = channels;
        this.matrix = matrix;
        gathered = scratch.arrays(columns, tiles.stripTiles() * channels);
        products = scratch.arrays(Tiles.SIDE, tiles.stripTiles() * channels);
    }

    /** Stores a strip's tiles from one on among as many as there is room for, {@code [36, tiles, C]}. */
    void transform(float[][] rows, MemorySegment into, int tile, int blockTiles) {
        int length = tiles.stripTiles() * channels;
        for (int i = 0; i < Tiles.SIDE; i++) {
            for (int j = 0; j < gathered.length; j++) {
                Copies.gather(rows[i], j, tiles.stripTiles(), channels, gathered[j]);
            }
            matrix.multiply(gathered, products, length);
            for (int j = 0; j < Tiles.SIDE; j++) {
                long row = (long) (i * Tiles.SIDE + j) * blockTiles + tile;
                Copies.store(products[j], into, row * channels, length);
            }
        }
    }
}
