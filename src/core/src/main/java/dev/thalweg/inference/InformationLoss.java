package dev.thalweg.inference;

import java.util.Arrays;

/**
 * What quantization loses of a distribution, by Migacz, 8-bit Inference with TensorRT, GTC 2017: the divergence
 * {@code Σ P log (P / Q)} between the first bins with all others added to their last (P) and the same bins merged to
 * levels and spread again evenly over those that are not empty (Q). Where the last bin is empty and others are added to
 * it, Q has one number there: else nothing could be cut off behind an empty bin, the divergence being infinite.
 */
final class InformationLoss {
    private InformationLoss() {}

    /**
     * {@return for how many of the first bins the loss is least; of equals for the most}
     *
     * @param most the greatest share of all that is counted that the others may hold, from 0 to 1
     */
    static int leastAt(long[] bins, int levels, double most) {
        int used = leavingOut(bins, 0, levels);
        int fewest = leavingOut(bins, most, levels);
        int best = used;
        double least = of(bins, used, levels);
        for (int kept = used - 1; kept >= fewest; kept--) {
            double loss = of(bins, kept, levels);
            if (loss < least) {
                least = loss;
                best = kept;
            }
        }
        return best;
    }

    /** The fewest of the first bins, one for each level at least, that leave out at most a share. */
    private static int leavingOut(long[] bins, double share, int levels) {
        long outside = (long) (share * sum(bins, 0, bins.length));
        int kept = bins.length;
        while (kept > levels && bins[kept - 1] <= outside) {
            outside -= bins[--kept];
        }
        return kept;
    }

    /** {@return the loss in nats where so many bins are kept} */
    static double of(long[] bins, int kept, int levels) {
        long all = sum(bins, 0, bins.length);
        long outside = all - sum(bins, 0, kept);
        long[] inside = Arrays.copyOf(bins, kept);
        if (outside > 0) {
            inside[kept - 1] = Math.max(inside[kept - 1], 1);
        }
        long counted = sum(inside, 0, kept);
        double loss = 0;
        for (int level = 0; level < levels; level++) {
            int from = (int) ((long) level * kept / levels);
            int to = (int) ((long) (level + 1) * kept / levels);
            double mean = (double) sum(inside, from, to) / occupied(inside, from, to) / counted;
            for (int i = from; i < to; i++) {
                double p = (double) (bins[i] + (i == kept - 1 ? outside : 0)) / all;
                loss += p > 0 ? p * Math.log(p / mean) : 0;
            }
        }
        return loss;
    }

    private static long sum(long[] bins, int from, int to) {
        long sum = 0;
        for (int i = from; i < to; i++) {
            sum += bins[i];
        }
        return sum;
    }

    private static int occupied(long[] bins, int from, int to) {
        int occupied = 0;
        for (int i = from; i < to; i++) {
            occupied += bins[i] > 0 ? 1 : 0;
        }
        return occupied;
    }
}
