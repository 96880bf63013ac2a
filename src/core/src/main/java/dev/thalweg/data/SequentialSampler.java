package dev.thalweg.data;

import java.util.SplittableRandom;

/** Each picture once, in the data set's own order. */
public record SequentialSampler() implements Sampler {
    @Override
    public int[] order(Targets targets, SplittableRandom random) {
        return Orders.range(0, targets.size());
    }
}
