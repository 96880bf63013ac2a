package dev.thalweg.backend.winograd;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Copies between pictures, tiles' products and the arrays that matrices multiply; numbers are 32 bits wide. */
final class Copies {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private Copies() {}

    static void load(MemorySegment from, long index, float[] to, int length) {
        MemorySegment.copy(from, FLOAT, index * Float.BYTES, to, 0, length);
    }

    static void store(float[] from, MemorySegment to, long index, int length) {
        MemorySegment.copy(from, 0, to, FLOAT, index * Float.BYTES, length);
    }

    /**
     * Loads a row of pixels, zeros where it leaves the picture.
     *
     * @param from pictures, channels last
     * @param line the row among those of all pictures; below 0 for one of zeros
     * @param width of the pictures
     * @param first the first column, which may lie outside
     * @param columns how many
     * @param channels of a pixel
     */
    static void loadPixels(MemorySegment from, long line, int width, int first, int columns, int channels, float[] to) {
        int begin = Math.clamp(-(long) first, 0, columns);
        int end = Math.clamp((long) width - first, begin, columns);
        if (line < 0 || begin == end) {
            Arrays.fill(to, 0, columns * channels, 0);
            return;
        }
        Arrays.fill(to, 0, begin * channels, 0);
        MemorySegment.copy(
                from,
                FLOAT,
                (line * width + first + begin) * channels * Float.BYTES,
                to,
                begin * channels,
                (end - begin) * channels);
        Arrays.fill(to, end * channels, columns * channels, 0);
    }

    /** Every fourth pixel from one on, one of each tile. */
    static void gather(float[] row, int first, int tiles, int channels, float[] to) {
        for (int tile = 0; tile < tiles; tile++) {
            System.arraycopy(row, (tile * Tiles.STEP + first) * channels, to, tile * channels, channels);
        }
    }

    /** The opposite of {@link #gather}. */
    static void scatter(float[] from, int first, int tiles, int channels, float[] row) {
        for (int tile = 0; tile < tiles; tile++) {
            System.arraycopy(from, tile * channels, row, (tile * Tiles.STEP + first) * channels, channels);
        }
    }
}
