package dev.thalweg.backend.onednn;

import dev.thalweg.backend.winograd.Tiles;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;

/**
 * What a convolution costs, in the time of one multiplication and addition of a product of large matrices: products run
 * at about the same share of the processor's rate in all ways, so the rest is memory that transforms move, each byte of
 * which takes as long as some multiplications. The costs are fitted to batches of 32 computed by two threads, and taken
 * to hold for other batches and threads. {@code ConvolutionBenchmark} compares {@code direct} and {@code winograd}
 * where kernels change in each run; where they do not, nothing that it measures tells what reading them costs. Of a 3×3
 * kernel that moves by one pixel.
 */
record ConvolutionCosts(Window window, Shape source, Shape result) {
    /** Of a tile's 36 numbers of one channel, which a transform writes and a product reads, or the other way. */
    private static final long TILE_CHANNEL = 1_000;
    /** Of a pair of channels whose kernel is transformed to 36 numbers, which go to memory and come from there. */
    private static final long KERNEL_TRANSFORM = 2_200;
    /** Of a pair of channels whose 36 sums become a kernel's gradient. */
    private static final long KERNEL_GRADIENT = 1_400;
    /** Of a pair of channels whose transformed kernel is read. */
    private static final long KERNEL_READ = 600;
    /** Direct gradients of kernels take longer than direct results of as many multiplications. */
    private static final double DIRECT_GRADIENT = 1.2;
    /** A way whose costs are this much less is preferred to the direct one. */
    private static final double MARGIN = 1.1;

    /** Whether Winograd's filtering is faster where kernels are transformed in each run, or never again. */
    boolean filteringPays(boolean kernelsChange) {
        return MARGIN * (products() + pairs() * (kernelsChange ? KERNEL_TRANSFORM : KERNEL_READ)) < direct();
    }

    /** Whether gradients of kernels come faster from products of tiles. */
    boolean gradientPays() {
        return MARGIN * (products() + pairs() * KERNEL_GRADIENT) < DIRECT_GRADIENT * direct();
    }

    private double pairs() {
        return (double) source.dim(1) * result.dim(1);
    }

    private double products() {
        double tiles = (double) result.dim(0) * Tiles.tiles(result.dim(2)) * Tiles.tiles(result.dim(3));
        return tiles * (Tiles.PRODUCTS * pairs() + TILE_CHANNEL * (double) (source.dim(1) + result.dim(1)));
    }

    /** oneDNN's kernels leave out what a kernel sees of padding. */
    private double direct() {
        double rows = taps(window.kernelHeight(), result.dim(2), window.padTop(), source.dim(2));
        double columns = taps(window.kernelWidth(), result.dim(3), window.padLeft(), source.dim(3));
        return result.dim(0) * rows * columns * pairs();
    }

    /** How many pairs of a result's and a source's row there are that a kernel joins. */
    private static double taps(int kernel, int results, int pad, int pixels) {
        long taps = 0;
        for (int i = 0; i < kernel; i++) {
            // Those results whose tap lies inside: 0 <= result + i - pad < pixels.
            taps += Math.max(0, Math.min(results, pixels + pad - i) - Math.max(0, pad - i));
        }
        return taps;
    }
}
