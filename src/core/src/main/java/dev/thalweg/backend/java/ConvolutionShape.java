package dev.thalweg.backend.java;

import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;

/** The extents that the three convolution kernels share, and how a picture's output rows fall into blocks. */
final class ConvolutionShape {
    /** A block's matrix shall fit a second-level cache of 256 KiB. */
    private static final int BLOCK_FLOATS = 1 << 16;
    /** Rows shorter than this would not fill vectors. */
    private static final int LEAST_COLUMNS = 128;

    final int batch;
    final int groups;
    final int sourceChannels;
    final int filters;
    final long sourcePixels;
    final int outputPixels;
    final Patches patches;
    final int blockRows;
    final int blocks;

    /** With blocks of which {@link Patches} make a matrix. */
    ConvolutionShape(Shape source, Shape weights, Window window, int groups, int threads) {
        this(source, weights, window, groups, threads, 0);
    }

    /** With blocks of at most so many output rows; for 0 as many as a matrix has room for. */
    ConvolutionShape(Shape source, Shape weights, Window window, int groups, int threads, int mostRows) {
        this.batch = source.dim(0);
        this.groups = groups;
        this.sourceChannels = source.dim(1) / groups;
        this.filters = weights.dim(0) / groups;
        this.sourcePixels = (long) source.dim(2) * source.dim(3);
        this.patches = new Patches(window, sourceChannels, source.dim(2), source.dim(3));
        this.outputPixels = patches.outputHeight * patches.outputWidth;
        int columns = Math.max(LEAST_COLUMNS, BLOCK_FLOATS / patches.rows);
        int rows = Math.clamp(mostRows > 0 ? mostRows : columns / patches.outputWidth, 1, patches.outputHeight);
        int units = batch * groups;
        int wantedBlocks = (threads + units - 1) / units;
        this.blockRows = Math.min(rows, (patches.outputHeight + wantedBlocks - 1) / wantedBlocks);
        this.blocks = (patches.outputHeight + blockRows - 1) / blockRows;
    }

    int blockColumns() {
        return blockRows * patches.outputWidth;
    }

    long source(int image, int group) {
        return ((long) image * groups + group) * sourceChannels * sourcePixels;
    }

    /** Where one filter's output of an image begins. */
    long output(int image, int group, int filter) {
        return (((long) image * groups + group) * filters + filter) * outputPixels;
    }

    int firstRow(int block) {
        return block * blockRows;
    }

    int lastRow(int block) {
        return Math.min(patches.outputHeight, (block + 1) * blockRows);
    }

    /** Loads one group's weights, [filter][row of the patches' matrix]. */
    void loadWeights(Numbers weights, int group, float[][] to) {
        for (int filter = 0; filter < filters; filter++) {
            weights.load(((long) group * filters + filter) * patches.rows, to[filter], patches.rows);
        }
    }
}
