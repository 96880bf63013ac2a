package dev.thalweg.backend.winograd;

import dev.thalweg.backend.runtime.ThreadTeam;
import java.lang.foreign.MemorySegment;

/**
 * {@code Gᵀ u G} of sums of products, in one piece or in several that are added in their order:
 * {@code [pieces, 36, C, O]} becomes {@code [3, 3, C, O]}.
 */
public final class KernelGradient implements ThreadTeam.Task {
    private static final int TAPS = 3;
    private static final int CHUNK = 1024;

    private final MemorySegment sums;
    private final int pieces;
    private final MemorySegment into;
    private final int count;
    private final float[][][] products;
    private final float[][] summand;
    private final float[][][][] columns;
    private final float[][][] rows;
    private final float[][][] side;

    /**
     * Allocates what it computes with.
     *
     * @param sums of products
     * @param pieces in how many of them
     * @param into where the gradient goes
     * @param count how many kernels, {@code C · O}
     * @param threads how many members the team has
     */
    public KernelGradient(MemorySegment sums, int pieces, MemorySegment into, int count, int threads) {
        this.sums = sums;
        this.pieces = pieces;
        this.into = into;
        this.count = count;
        products = new float[threads][Tiles.SIDE][CHUNK];
        summand = new float[threads][CHUNK];
        columns = new float[threads][Tiles.SIDE][TAPS][CHUNK];
        rows = new float[threads][TAPS][CHUNK];
        side = new float[threads][Tiles.SIDE][];
    }

    @Override
    public void run(int member, int members) {
        int chunks = (count + CHUNK - 1) / CHUNK;
        int end = ThreadTeam.share(chunks, member + 1, members);
        for (int chunk = ThreadTeam.share(chunks, member, members); chunk < end; chunk++) {
            int first = chunk * CHUNK;
            transform(member, first, Math.min(CHUNK, count - first));
        }
    }

    private void transform(int member, int first, int length) {
        for (int j = 0; j < Tiles.SIDE; j++) {
            for (int i = 0; i < Tiles.SIDE; i++) {
                long product = (long) i * Tiles.SIDE + j;
                Strip.load(sums, product * count + first, products[member][i], length);
                for (int piece = 1; piece < pieces; piece++) {
                    Strip.load(
                            sums, ((long) piece * Tiles.PRODUCTS + product) * count + first, summand[member], length);
                    ResultTransform.add(summand[member], products[member][i], length);
                }
            }
            Matrices.kernelGradient(products[member], columns[member][j], length);
        }
        for (int y = 0; y < TAPS; y++) {
            for (int j = 0; j < Tiles.SIDE; j++) {
                side[member][j] = columns[member][j][y];
            }
            Matrices.kernelGradient(side[member], rows[member], length);
            for (int x = 0; x < TAPS; x++) {
                Strip.store(rows[member][x], into, (long) (y * TAPS + x) * count + first, length);
            }
        }
    }
}
