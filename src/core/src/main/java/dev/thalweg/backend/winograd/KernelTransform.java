package dev.thalweg.backend.winograd;

import dev.thalweg.backend.runtime.ThreadTeam;
import java.lang.foreign.MemorySegment;

/** {@code U = G g Gᵀ} of kernels: {@code [3, 3, C, O]} becomes {@code [36, C, O]}. */
public final class KernelTransform implements ThreadTeam.Task {
    private static final int TAPS = 3;
    private static final int CHUNK = 1024;

    private final MemorySegment kernels;
    private final MemorySegment into;
    private final int count;
    private final boolean rotated;
    private final float[][][][] rows;
    private final float[][][][] columns;
    private final float[][][] products;
    private final float[][][] side;

    /**
     * Allocates what it computes with.
     *
     * @param kernels what is transformed
     * @param into where it goes
     * @param count how many kernels, {@code C · O}
     * @param rotated whether kernels are turned by 180 degrees, as the gradient of a source wants them
     * @param threads how many members the team has
     */
    public KernelTransform(MemorySegment kernels, MemorySegment into, int count, boolean rotated, int threads) {
        this.kernels = kernels;
        this.into = into;
        this.count = count;
        this.rotated = rotated;
        rows = new float[threads][TAPS][TAPS][CHUNK];
        columns = new float[threads][TAPS][Tiles.SIDE][CHUNK];
        products = new float[threads][Tiles.SIDE][CHUNK];
        side = new float[threads][TAPS][];
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
        for (int x = 0; x < TAPS; x++) {
            for (int y = 0; y < TAPS; y++) {
                int tap = y * TAPS + x;
                long from = rotated ? TAPS * TAPS - 1 - tap : tap;
                Strip.load(kernels, from * count + first, rows[member][x][y], length);
            }
            Matrices.kernel(rows[member][x], columns[member][x], length);
        }
        for (int i = 0; i < Tiles.SIDE; i++) {
            for (int x = 0; x < TAPS; x++) {
                side[member][x] = columns[member][x][i];
            }
            Matrices.kernel(side[member], products[member], length);
            for (int j = 0; j < Tiles.SIDE; j++) {
                Strip.store(products[member][j], into, (long) (i * Tiles.SIDE + j) * count + first, length);
            }
        }
    }
}
