package dev.thalweg.backend.winograd;

import dev.thalweg.backend.runtime.SharedTask;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** {@code U = G g Gᵀ} of kernels: {@code [3, 3, C, O]} becomes {@code [36, C, O]}. */
public final class KernelTransform implements SharedTask.Worker {
    private static final int TAPS = KernelChunks.TAPS;
    private static final int CHUNK = KernelChunks.CHUNK;

    private final MemorySegment kernels;
    private final MemorySegment into;
    private final int count;
    private final boolean rotated;
    private final float[][][] rows = new float[TAPS][][];
    private final float[][][] columns = new float[TAPS][][];
    private final float[][] products;
    private final float[][] side = new float[TAPS][];

    /**
     * Takes what it computes with.
     *
     * @param kernels what is transformed
     * @param into where it goes
     * @param count how many kernels, {@code C · O}
     * @param rotated whether kernels are turned by 180 degrees, as the gradient of a source wants them
     * @param scratch gives arrays
     */
    public KernelTransform(MemorySegment kernels, MemorySegment into, int count, boolean rotated, Scratch scratch) {
        this.kernels = kernels;
        this.into = into;
        this.count = count;
        this.rotated = rotated;
        Arrays.setAll(rows, _ -> scratch.arrays(TAPS, CHUNK));
        Arrays.setAll(columns, _ -> scratch.arrays(Tiles.SIDE, CHUNK));
        products = scratch.arrays(Tiles.SIDE, CHUNK);
    }

    @Override
    public void work(int firstChunk, int endChunk) {
        KernelChunks.forEachChunk(firstChunk, endChunk, count, this::transform);
    }

    private void transform(int first, int length) {
        for (int x = 0; x < TAPS; x++) {
            for (int y = 0; y < TAPS; y++) {
                int tap = y * TAPS + x;
                long from = rotated ? TAPS * TAPS - 1 - tap : tap;
                Copies.load(kernels, from * count + first, rows[x][y], length);
            }
            Matrices.kernel(rows[x], columns[x], length);
        }
        for (int i = 0; i < Tiles.SIDE; i++) {
            for (int x = 0; x < TAPS; x++) {
                side[x] = columns[x][i];
            }
            Matrices.kernel(side, products, length);
            for (int j = 0; j < Tiles.SIDE; j++) {
                Copies.store(products[j], into, (long) (i * Tiles.SIDE + j) * count + first, length);
            }
        }
    }
}
