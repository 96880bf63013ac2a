package dev.thalweg.data;

import java.util.SplittableRandom;

/** Each picture once, in a random order (Fisher and Yates). */
public record RandomSampler() implements Sampler {
    @Override
    public int[] order(Targets targets, SplittableRandom random) {
        return Orders.shuffled(targets.size(), random);
    }
}
