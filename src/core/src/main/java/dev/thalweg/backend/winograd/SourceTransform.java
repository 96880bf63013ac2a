package dev.thalweg.backend.winograd;

import java.lang.foreign.MemorySegment;

/** {@code V = Bᵀ d B} of a source's tiles, strip by strip. For one thread at a time. */
public final class SourceTransform {
    private final Tiles tiles;
    private final int channels;
    private final float[][] rows;
    private final float[][] columns;
    private final RowTransform second;

    /**
     * Takes what it computes with.
     *
     * @param tiles of the source
     * @param channels of the source
     * @param scratch gives arrays
     */
    public SourceTransform(Tiles tiles, int channels, Scratch scratch) {
        this.tiles = tiles;
        this.channels = channels;
        int length = Math.multiplyExact(sourceColumns(), channels);
        rows = scratch.arrays(Tiles.SIDE, length);
        columns = scratch.arrays(Tiles.SIDE, length);
        second = new RowTransform(tiles, channels, Tiles.SIDE, Matrices::source, scratch);
    }

    private int sourceColumns() {
        return tiles.stripWidth() + Tiles.SIDE - Tiles.STEP;
    }

    /**
     * Transforms a strip.
     *
     * @param strip which
     * @param source {@code [N, H, W, C]}
     * @param into {@code [36, tiles, C]}
     * @param tile where the strip's first tile goes
     * @param blockTiles how many tiles there is room for
     */
    public void transform(int strip, MemorySegment source, MemorySegment into, int tile, int blockTiles) {
        int top = tiles.firstRow(strip) - tiles.padTop();
        for (int i = 0; i < Tiles.SIDE; i++) {
            int y = top + i;
            boolean inside = y >= 0 && y < tiles.sourceHeight();
            Copies.loadPixels(
                    source,
                    inside ? (long) tiles.picture(strip) * tiles.sourceHeight() + y : -1,
                    tiles.sourceWidth(),
                    tiles.firstColumn(strip) - tiles.padLeft(),
                    sourceColumns(),
                    channels,
                    rows[i]);
        }
        Matrices.source(rows, columns, sourceColumns() * channels);
        second.transform(columns, into, tile, blockTiles);
    }
}
