package dev.thalweg.backend.java;

import dev.thalweg.graph.Window;
import java.util.Arrays;

/**
 * The pixels under a window's places as a matrix ("im2row"), the transpose of {@link Patches}: a row for each place, a
 * column for each pixel of the window and channel, channels side by side. So also a slab has channels last.
 */
final class PlaceRows {
    private final Window window;
    private final int channels;
    private final int height;
    private final int width;
    private final int paddedWidth;

    PlaceRows(Window window, int channels, int height, int width) {
        this.window = window;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.paddedWidth = width + window.padLeft() + window.padRight();
    }

    /** How many output rows have a slab of at most so many floats, at least 1. */
    int outputRows(int floats) {
        int lines = floats / Math.multiplyExact(channels, paddedWidth);
        return Math.max(1, (lines - window.extentHeight()) / window.strideHeight() + 1);
    }

    private int slabHeight(int outputRows) {
        return (outputRows - 1) * window.strideHeight() + window.extentHeight();
    }

    /** How many floats a slab for so many output rows takes. */
    int slabSize(int outputRows) {
        return Math.multiplyExact(channels * slabHeight(outputRows), paddedWidth);
    }

    /** How many floats of one channel it takes. */
    int planeSize(int outputRows) {
        return slabHeight(outputRows) * width;
    }

    /**
     * Copies the padded rows under output rows {@code from..to} out of a picture whose first channel begins at
     * {@code picture}.
     *
     * @param plane room for the rows of a channel
     */
    void load(Floats source, long picture, int from, int to, float[] plane, float[] slab) {
        int top = from * window.strideHeight() - window.padTop();
        int first = Math.max(0, top);
        int end = Math.min(height, top + slabHeight(to - from));
        Arrays.fill(slab, 0, slabSize(to - from), 0);
        for (int channel = 0; channel < channels && first < end; channel++) {
            source.load(picture + ((long) channel * height + first) * width, plane, (end - first) * width);
            for (int y = first; y < end; y++) {
                int at = ((y - top) * paddedWidth + window.padLeft()) * channels + channel;
                for (int x = 0; x < width; x++) {
                    slab[at + x * channels] = plane[(y - first) * width + x];
                }
            }
        }
    }

    /** Fills the row of a place from the slab of its output rows, of which it stands in one, counted from 0. */
    void gather(float[] slab, int outputRow, int outputColumn, float[] row) {
        int corner = outputRow * window.strideHeight() * paddedWidth + outputColumn * window.strideWidth();
        int neighbours = window.dilationWidth() == 1 ? window.kernelWidth() : 1;
        int run = neighbours * channels;
        int at = 0;
        for (int y = 0; y < window.kernelHeight(); y++) {
            int line = corner + y * window.dilationHeight() * paddedWidth;
            for (int x = 0; x < window.kernelWidth(); x += neighbours) {
                System.arraycopy(slab, (line + x * window.dilationWidth()) * channels, row, at, run);
                at += run;
            }
        }
    }

    /** Which weight of a filter, {@code [C, KH, KW]}, multiplies a column. */
    int weight(int column) {
        int pixels = window.kernelHeight() * window.kernelWidth();
        return column % channels * pixels + column / channels;
    }
}
