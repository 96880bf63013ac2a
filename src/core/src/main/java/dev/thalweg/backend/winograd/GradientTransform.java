package dev.thalweg.backend.winograd;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code A g Aᵀ} of the tiles of a result's gradient, strip by strip, with the sum over all pixels, which is the
 * gradient of a bias. For one thread at a time.
 */
public final class GradientTransform {
    private final Tiles tiles;
    private final int channels;
    private final float[][] rows;
    private final float[][] columns;
    private final RowTransform second;
    private final float[] sum;
    private final float[] total;

    /**
     * Takes what it computes with.
     *
     * @param tiles of the result
     * @param channels of the result
     * @param scratch gives arrays
     */
    public GradientTransform(Tiles tiles, int channels, Scratch scratch) {
        this.tiles = tiles;
        this.channels = channels;
        int length = Math.multiplyExact(tiles.stripWidth(), channels);
        rows = scratch.arrays(Tiles.STEP, length);
        columns = scratch.arrays(Tiles.SIDE, length);
        second = new RowTransform(tiles, channels, Tiles.STEP, Matrices::resultGradient, scratch);
        sum = scratch.array(length);
        total = scratch.array(channels);
    }

    /** Begins the sum anew. */
    public void clearSum() {
        Arrays.fill(sum, 0);
    }

    /**
     * Transforms a strip.
     *
     * @param strip which
     * @param gradient {@code [N, H, W, C]}
     * @param into {@code [36, tiles, C]}
     * @param tile where the strip's first tile goes
     * @param blockTiles how many tiles there is room for
     */
    public void transform(int strip, MemorySegment gradient, MemorySegment into, int tile, int blockTiles) {
        int width = tiles.stripWidth();
        for (int i = 0; i < Tiles.STEP; i++) {
            int y = tiles.firstRow(strip) + i;
            Copies.loadPixels(
                    gradient,
                    y < tiles.height() ? (long) tiles.picture(strip) * tiles.height() + y : -1,
                    tiles.width(),
                    tiles.firstColumn(strip),
                    width,
                    channels,
                    rows[i]);
            ResultTransform.add(rows[i], sum, width * channels);
        }
        Matrices.resultGradient(rows, columns, width * channels);
        second.transform(columns, into, tile, blockTiles);
    }

    /**
     * Writes the sum.
     *
     * @param into {@code [C]}
     */
    public void sum(MemorySegment into) {
        Arrays.fill(total, 0);
        for (int column = 0; column < tiles.stripWidth(); column++) {
            for (int channel = 0; channel < channels; channel++) {
                total[channel] += sum[column * channels + channel];
            }
        }
        Copies.store(total, into, 0, channels);
    }
}
