package dev.thalweg.backend.winograd;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** {@code Y = Aᵀ M A} of tiles' products, strip by strip, with what is done to a result. For one thread at a time. */
public final class ResultTransform {
    private final Tiles tiles;
    private final int channels;
    private final boolean sum;
    private final boolean relu;
    private final float[][] products;
    private final float[][][] rows;
    private final float[][] transposed;
    private final float[][] results;
    private final float[] row;
    private final float[] summand;
    private final float[] bias;
    private boolean biased;

    /**
     * Takes what it computes with.
     *
     * @param tiles of the result
     * @param channels of the result
     * @param sum whether results are added to what stands there
     * @param relu whether negative results become 0 at last
     * @param scratch gives arrays
     */
    public ResultTransform(Tiles tiles, int channels, boolean sum, boolean relu, Scratch scratch) {
        this.tiles = tiles;
        this.channels = channels;
        this.sum = sum;
        this.relu = relu;
        int length = Math.multiplyExact(tiles.stripTiles(), channels);
        products = scratch.arrays(Tiles.SIDE, length);
        rows = new float[Tiles.SIDE][][];
        Arrays.setAll(rows, _ -> scratch.arrays(Tiles.STEP, length));
        transposed = new float[Tiles.SIDE][];
        results = scratch.arrays(Tiles.STEP, length);
        row = scratch.array(Math.multiplyExact(tiles.stripWidth(), channels));
        summand = scratch.array(sum ? row.length : 0);
        bias = scratch.array(row.length);
    }

    /**
     * Reads what is added to each channel of the strips that follow.
     *
     * @param numbers {@code [C]}; null for nothing
     */
    public void bias(@Nullable MemorySegment numbers) {
        biased = numbers != null;
        if (numbers != null) {
            Copies.load(numbers, 0, bias, channels);
            for (int column = 1; column < tiles.stripWidth(); column++) {
                System.arraycopy(bias, 0, bias, column * channels, channels);
            }
        }
    }

    /**
     * Transforms a strip.
     *
     * @param strip which
     * @param from {@code [36, tiles, C]}
     * @param tile where the strip's first tile lies
     * @param blockTiles how many tiles there is room for
     * @param result {@code [N, H, W, C]}
     */
    public void transform(int strip, MemorySegment from, int tile, int blockTiles, MemorySegment result) {
        int length = tiles.stripTiles() * channels;
        for (int j = 0; j < Tiles.SIDE; j++) {
            for (int i = 0; i < Tiles.SIDE; i++) {
                long line = (long) (i * Tiles.SIDE + j) * blockTiles + tile;
                Copies.load(from, line * channels, products[i], length);
            }
            Matrices.result(products, rows[j], length);
        }
        int columns = Math.min(tiles.stripWidth(), tiles.width() - tiles.firstColumn(strip));
        int height = Math.min(Tiles.STEP, tiles.height() - tiles.firstRow(strip));
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < Tiles.SIDE; j++) {
                transposed[j] = rows[j][i];
            }
            Matrices.result(transposed, results, length);
            for (int j = 0; j < Tiles.STEP; j++) {
                Copies.scatter(results[j], j, tiles.stripTiles(), channels, row);
            }
            long line = (long) tiles.picture(strip) * tiles.height() + tiles.firstRow(strip) + i;
            long index = (line * tiles.width() + tiles.firstColumn(strip)) * channels;
            finish(result, index, columns * channels);
            Copies.store(row, result, index, columns * channels);
        }
    }

    private void finish(MemorySegment result, long index, int length) {
        if (biased) {
            add(bias, row, length);
        }
        if (sum) {
            Copies.load(result, index, summand, length);
            add(summand, row, length);
        }
        if (relu) {
            for (int i = 0; i < length; i++) {
                row[i] = Math.max(row[i], 0);
            }
        }
    }

    static void add(float[] numbers, float[] to, int length) {
        for (int i = 0; i < length; i++) {
            to[i] += numbers[i];
        }
    }
}
