package dev.thalweg.backend.java;

import dev.thalweg.graph.Window;
import java.util.Arrays;

/**
 * The pixels under a window's places as a matrix ("im2col", Chellapilla et al. 2006): a row for each channel and pixel of
 * the window, a column for each place. Between picture and matrix stands a slab: the padded rows that a range of output
 * rows needs.
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

    Patches(Window window, int channels, int height, int width) {
        this.window = window;
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.outputHeight = window.outputHeight(height);
        this.outputWidth = window.outputWidth(width);
        this.paddedWidth = width + window.padLeft() + window.padRight();
        this.rows = channels * window.kernelHeight() * window.kernelWidth();
    }

    private int slabHeight(int outputRows) {
        return (outputRows - 1) * window.strideHeight() + window.extentHeight();
    }

    /** How many floats a slab for so many output rows takes. */
    int slabSize(int outputRows) {
        return Math.multiplyExact(channels * slabHeight(outputRows), paddedWidth);
    }

    /** Copies the padded rows under output rows {@code from..to} out of a picture whose first channel begins at {@code picture}. */
    void load(Floats source, long picture, int from, int to, float[] slab) {
        Arrays.fill(slab, 0, slabSize(to - from), 0);
        int slabHeight = slabHeight(to - from);
        for (int channel = 0; channel < channels; channel++) {
            for (int row = 0; row < slabHeight; row++) {
                int y = from * window.strideHeight() - window.padTop() + row;
                if (y >= 0 && y < height) {
                    source.load(picture + ((long) channel * height + y) * width, slab,
                            (channel * slabHeight + row) * paddedWidth + window.padLeft(), width);
                }
            }
        }
    }

    /** Copies a slab of all output rows, without its padding, into a picture. */
    void store(float[] slab, Floats target, long picture) {
        int slabHeight = slabHeight(outputHeight);
        for (int channel = 0; channel < channels; channel++) {
            for (int y = 0; y < Math.min(height, slabHeight - window.padTop()); y++) {
                target.store(slab, (channel * slabHeight + y + window.padTop()) * paddedWidth + window.padLeft(),
                        picture + ((long) channel * height + y) * width, width);
            }
        }
    }

    /** Fills the matrix for output rows {@code from..to} from their slab. */
    void gather(float[] slab, int from, int to, float[][] matrix) {
        int stride = window.strideWidth();
        for (int row = 0; row < rows; row++) {
            float[] values = matrix[row];
            for (int y = from; y < to; y++) {
                int source = slabIndex(row, y - from, to - from);
                int target = (y - from) * outputWidth;
                if (stride == 1) {
                    System.arraycopy(slab, source, values, target, outputWidth);
                } else {
                    for (int x = 0; x < outputWidth; x++) {
                        values[target + x] = slab[source + x * stride];
                    }
                }
            }
        }
    }

    /** Adds the matrix of output rows {@code from..to} to a slab of all output rows: {@link #gather} backwards. */
    void scatter(float[][] matrix, int from, int to, float[] slab) {
        int stride = window.strideWidth();
        for (int row = 0; row < rows; row++) {
            float[] values = matrix[row];
            for (int y = from; y < to; y++) {
                int target = slabIndex(row, y, outputHeight);
                int source = (y - from) * outputWidth;
                for (int x = 0; x < outputWidth; x++) {
                    slab[target + x * stride] += values[source + x];
                }
            }
        }
    }

    private int slabIndex(int row, int outputRow, int outputRows) {
        int pixel = row % (window.kernelHeight() * window.kernelWidth());
        int channel = row / (window.kernelHeight() * window.kernelWidth());
        int y = outputRow * window.strideHeight() + pixel / window.kernelWidth() * window.dilationHeight();
        int x = pixel % window.kernelWidth() * window.dilationWidth();
        return (channel * slabHeight(outputRows) + y) * paddedWidth + x;
    }
}
