package dev.thalweg.backend.runtime;

import dev.thalweg.graph.DropoutMask;
import dev.thalweg.random.Seeds;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Draws a dropout mask into memory. Each element's number is SplitMix64's (Steele et al. 2014) of its own place in the
 * sequence, so that threads draw without waiting for each other.
 */
public final class DropoutMaskFill implements ThreadTeam.Task {
    private static final int TILE = 2048;

    private final Seed seed;
    private final DropoutMask op;
    private final MemorySegment mask;
    private final long threshold;
    private final float kept;
    private final float[][] tiles;

    /**
     * Prepares a mask.
     *
     * @param op which
     * @param mask where it goes, row-major
     * @param seed set before each run
     * @param threads how many members the team has
     */
    public DropoutMaskFill(DropoutMask op, MemorySegment mask, Seed seed, int threads) {
        this.seed = seed;
        this.op = op;
        this.mask = mask;
        this.threshold = threshold(op);
        this.kept = kept(op);
        this.tiles = new float[threads][TILE];
    }

    @Override
    public void run(int member, int members) {
        long elements = mask.byteSize() / Float.BYTES;
        int count = (int) ((elements + TILE - 1) / TILE);
        long start = start(op, seed);
        float[] tile = tiles[member];
        for (int t = ThreadTeam.share(count, member, members); t < ThreadTeam.share(count, member + 1, members); t++) {
            long from = (long) t * TILE;
            int length = (int) Math.min(TILE, elements - from);
            for (int i = 0; i < length; i++) {
                tile[i] = Seeds.mixed(Seeds.of(start, from + i + 1)) >>> Integer.SIZE < threshold ? 0 : kept;
            }
            MemorySegment.copy(tile, 0, mask, ValueLayout.JAVA_FLOAT, from * Float.BYTES, length);
        }
    }

    /**
     * {@return where a mask's sequence begins, behind what other parts of the whole draw of it}
     *
     * @param op the mask
     * @param seed of the run
     */
    public static long start(DropoutMask op, Seed seed) {
        long whole = Seeds.mixed(Seeds.of(Seeds.mixed(Seeds.of(seed.value(), 1)), op.stream()));
        return Seeds.of(whole, seed.elementsBefore(op.shape().elements()));
    }

    /**
     * {@return below what the upper half of a number means that its element is dropped}
     *
     * @param op the mask
     */
    public static long threshold(DropoutMask op) {
        return (long) (op.rate() * (1L << Integer.SIZE));
    }

    /**
     * {@return by what elements that stay are multiplied}
     *
     * @param op the mask
     */
    public static float kept(DropoutMask op) {
        return (float) (1 / (1 - op.rate()));
    }
}
