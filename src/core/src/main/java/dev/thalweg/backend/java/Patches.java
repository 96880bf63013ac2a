package dev.thalweg.backend.java;

import dev.thalweg.graph.Window;
import java.util.Arrays;

/**
 * The pixels under a window's places as a matrix ("im2col", Chellapilla et al. 2006): a row for each channel and pixel
 * of the window, a column for each place. Between picture and matrix stands a slab: the padded rows that a range of
 * output rows needs.
 */
final class Patches {
    private final Window window;
    private final int channels;
    private final int height;
    private final int width;
    private final int paddedWidth;
    final int outputHeight;
    final int outputWidth;
    final int rows;
    /** For each place of the window where it stands in a slab, counted from the first place. */
    private final int[] places;

    Patches(Window window, int channels, int height, int width) {
        this.window = window;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.outputHeight = window.outputHeight(height);
        this.outputWidth = window.outputWidth(width);
        this.paddedWidth = width + window.padLeft() + window.padRight();
        this.rows = channels * window.kernelHeight() * window.kernelWidth();
        this.places = new int[outputHeight * outputWidth];
        for (int i = 0; i < places.length; i++) {
            places[i] = i / outputWidth * window.strideHeight() * paddedWidth + i % outputWidth * window.strideWidth();
        }
    }

    /** A slab of all output rows holds the whole picture, also rows below that no place reaches. */
    private int slabHeight(int outputRows) {
        int reached = (outputRows - 1) * window.strideHeight() + window.extentHeight();
        return outputRows == outputHeight ? Math.max(reached, window.padTop() + height) : reached;
    }

    /** How many floats a slab for so many output rows takes. */
    int slabSize(int outputRows) {
        return Math.multiplyExact(channels * slabHeight(outputRows), paddedWidth);
    }

    /**
     * Copies the padded rows under output rows {@code from..to} out of a picture whose first channel begins at
     * {@code picture}.
     */
    void load(Numbers source, long picture, int from, int to, float[] slab) {
        load(source, picture, from, to, slab, 0);
    }

    /** The same with another number in the padding. */
    void load(Numbers source, long picture, int from, int to, float[] slab, float padding) {
        Arrays.fill(slab, 0, slabSize(to - from), padding);
        int slabHeight = slabHeight(to - from);
        int top = from * window.strideHeight() - window.padTop();
        int first = Math.max(0, top);
        int end = Math.min(height, top + slabHeight);
        for (int channel = 0; channel < channels; channel++) {
            int at = (channel * slabHeight + first - top) * paddedWidth + window.padLeft();
            long place = picture + ((long) channel * height + first) * width;
            for (int lines = linesAtOnce(end - first), y = first; y < end; y += lines) {
                source.load(place + (long) (y - first) * width, slab, at + (y - first) * paddedWidth, lines * width);
            }
        }
    }

    /** Lines between which a slab has no padding are copied at once. */
    private int linesAtOnce(int lines) {
        return paddedWidth == width ? lines : 1;
    }

    /** Fills a slab of all output rows as from a picture full of one number. */
    void loadFull(float number, float[] slab) {
        Arrays.fill(slab, 0);
        int slabHeight = slabHeight(outputHeight);
        for (int row = window.padTop(); row < Math.min(slabHeight, window.padTop() + height); row++) {
            Arrays.fill(
                    slab, row * paddedWidth + window.padLeft(), row * paddedWidth + window.padLeft() + width, number);
        }
    }

    /** Copies a slab of all output rows, without its padding, into a picture. */
    void store(float[] slab, Numbers target, long picture) {
        int slabHeight = slabHeight(outputHeight);
        for (int channel = 0; channel < channels; channel++) {
            int at = (channel * slabHeight + window.padTop()) * paddedWidth + window.padLeft();
            long place = picture + (long) channel * height * width;
            for (int lines = linesAtOnce(height), y = 0; y < height; y += lines) {
                target.store(slab, at + y * paddedWidth, place + (long) y * width, lines * width);
            }
        }
    }

    /** Fills the matrix for output rows {@code from..to} from their slab. */
    void gather(float[] slab, int from, int to, float[][] matrix) {
        int columns = (to - from) * outputWidth;
        for (int row = 0; row < rows; row++) {
            int start = slabIndex(row, to - from);
            if (window.strideWidth() == 1) {
                for (int y = 0; y < to - from; y++) {
                    System.arraycopy(slab, start + places[y * outputWidth], matrix[row], y * outputWidth, outputWidth);
                }
            } else {
                gather(slab, start, matrix[row], columns);
            }
        }
    }

    private void gather(float[] slab, int start, float[] values, int columns) {
        for (int i = 0; i < columns; i++) {
            values[i] = slab[start + places[i]];
        }
    }

    /** Adds the matrix of output rows {@code from..to} to a slab of all output rows: {@link #gather} backwards. */
    void scatter(float[][] matrix, int from, int to, float[] slab) {
        int columns = (to - from) * outputWidth;
        for (int row = 0; row < rows; row++) {
            scatter(matrix[row], slab, slabIndex(row, outputHeight) + places[from * outputWidth], columns);
        }
    }

    private void scatter(float[] values, float[] slab, int start, int columns) {
        for (int i = 0; i < columns; i++) {
            slab[start + places[i]] += values[i];
        }
    }

    /** Where a pixel of the window stands in a slab for the first of so many output rows. */
    private int slabIndex(int row, int outputRows) {
        int pixel = row % (window.kernelHeight() * window.kernelWidth());
        int channel = row / (window.kernelHeight() * window.kernelWidth());
        int y = pixel / window.kernelWidth() * window.dilationHeight();
        int x = pixel % window.kernelWidth() * window.dilationWidth();
        return (channel * slabHeight(outputRows) + y) * paddedWidth + x;
    }
}
