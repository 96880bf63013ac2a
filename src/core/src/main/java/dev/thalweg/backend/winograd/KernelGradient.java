package dev.thalweg.backend.winograd;

import dev.thalweg.backend.runtime.SharedTask;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * {@code Gᵀ u G} of sums of products, in one summand or in several that are added in their order:
 * {@code [summands, 36, C, O]} becomes {@code [3, 3, C, O]}.
 */
public final class KernelGradient implements SharedTask.Worker {
    private static final int TAPS = KernelChunks.TAPS;
    private static final int CHUNK = KernelChunks.CHUNK;

    private final MemorySegment sums;
    private final int summands;
    private final MemorySegment into;
    private final int count;
    private final float[][] products;
    private final float[] summand;
    private final float[][][] columns = new float[Tiles.SIDE][][];
    private final float[][] rows;
    private final float[][] side = new float[Tiles.SIDE][];

    /**
     * Takes what it computes with.
     *
     * @param sums of products
     * @param summands how many are added up
     * @param into where the gradient goes
     * @param count how many kernels, {@code C · O}
     * @param scratch gives arrays
     */
    public KernelGradient(MemorySegment sums, int summands, MemorySegment into, int count, Scratch scratch) {
        this.sums = sums;
        this.summands = summands;
        this.into = into;
        this.count = count;
        products = scratch.arrays(Tiles.SIDE, CHUNK);
        summand = scratch.array(CHUNK);
        Arrays.setAll(columns, _ -> scratch.arrays(TAPS, CHUNK));
        rows = scratch.arrays(TAPS, CHUNK);
    }

    @Override
    public void work(int firstChunk, int endChunk) {
        KernelChunks.forEachChunk(firstChunk, endChunk, count, this::transform);
    }

    private void transform(int first, int length) {
        for (int j = 0; j < Tiles.SIDE; j++) {
            for (int i = 0; i < Tiles.SIDE; i++) {
                long product = (long) i * Tiles.SIDE + j;
                Copies.load(sums, product * count + first, products[i], length);
                for (int k = 1; k < summands; k++) {
                    Copies.load(sums, ((long) k * Tiles.PRODUCTS + product) * count + first, summand, length);
                    ResultTransform.add(summand, products[i], length);
                }
            }
            Matrices.kernelGradient(products, columns[j], length);
        }
        for (int y = 0; y < TAPS; y++) {
            for (int j = 0; j < Tiles.SIDE; j++) {
                side[j] = columns[j][y];
            }
            Matrices.kernelGradient(side, rows, length);
            for (int x = 0; x < TAPS; x++) {
                Copies.store(rows[x], into, (long) (y * TAPS + x) * count + first, length);
            }
        }
    }
}
