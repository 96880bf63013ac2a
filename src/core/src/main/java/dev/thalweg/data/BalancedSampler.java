package dev.thalweg.data;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Each class equally often, but for one picture, in a random order. The pictures of a class take turns: none is seen
 * twice before all were, or, where there are more than fit, none is seen twice. For pictures of one class each.
 */
public record BalancedSampler() implements Sampler {
    @Override
    public int[] order(Targets targets, SplittableRandom random) {
        ClassTargets classes = targets.classes()
                .orElseThrow(() -> new IllegalArgumentException(
                        "BalancedSampler needs pictures of one class each, got " + targets));
        int size = classes.size();
        int[] shuffled = Orders.shuffled(size, random);
        int[] counts = classes.counts();
        int[] present =
                IntStream.range(0, counts.length).filter(c -> counts[c] > 0).toArray();
        int[] first = Orders.shuffled(present.length, random);
        int[] chosen = new int[size];
        int at = 0;
        for (int turn = 0; turn < present.length; turn++) {
            int c = present[first[turn]];
            int[] own =
                    Arrays.stream(shuffled).filter(i -> classes.label(i) == c).toArray();
            int wanted = size / present.length + (turn < size % present.length ? 1 : 0);
            for (int i = 0; i < wanted; i++) {
                chosen[at++] = own[i % own.length];
            }
        }
        return Arrays.stream(Orders.shuffled(size, random)).map(i -> chosen[i]).toArray();
    }
}
