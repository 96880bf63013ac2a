package dev.thalweg.data;

import dev.thalweg.text.Counted;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Parts pictures at random, so that each part has the same share of each class. Without classes, all are one. */
final class Stratification {
    private Stratification() {}

    private static IntUnaryOperator classOf(Targets targets) {
        return targets instanceof ClassTargets classes ? classes::label : i -> 0;
    }

    private static int[] counts(Targets targets) {
        return targets instanceof ClassTargets classes ? classes.counts() : new int[] {targets.size()};
    }

    /**
     * Draws pictures of each class.
     *
     * @param share of each, above 0 and below 1; at least one picture of a class is not drawn
     * @return those drawn, in their order
     */
    static int[] draw(Targets targets, double share, long seed) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("split: expected a share above 0 and below 1, got " + share);
        }
        IntUnaryOperator classOf = classOf(targets);
        int[] wanted = Arrays.stream(counts(targets))
                .map(count -> (int) Math.min(count - 1, Math.round(count * share)))
                .toArray();
        int[] drawn = Arrays.stream(Orders.shuffled(targets.size(), new SplittableRandom(seed)))
                .filter(i -> wanted[classOf.applyAsInt(i)]-- > 0)
                .sorted()
                .toArray();
        if (drawn.length == 0) {
            throw new IllegalArgumentException("split: a share of " + share + " is not one picture of any class, of "
                    + Counted.of(targets.size(), "picture") + " of " + targets);
        }
        return drawn;
    }

    /**
     * Deals the pictures out like cards, one class after another: folds differ by one picture at most, and so do the
     * pictures that they have of each class.
     *
     * @param k how many folds, from 2 to the number of pictures
     * @return the pictures of each fold, in their order
     */
    static List<int[]> folds(Targets targets, int k, long seed) {
        if (k < 2 || k > targets.size()) {
            throw new IllegalArgumentException("kFold: expected 2 to " + Counted.of(targets.size(), "fold")
                    + ", as many as there are pictures, got " + k);
        }
        IntUnaryOperator classOf = classOf(targets);
        int[] dealt = Arrays.stream(Orders.shuffled(targets.size(), new SplittableRandom(seed)))
                .boxed()
                .sorted(Comparator.comparingInt(classOf::applyAsInt))
                .mapToInt(Integer::intValue)
                .toArray();
        return IntStream.range(0, k)
                .mapToObj(fold -> IntStream.range(0, dealt.length)
                        .filter(card -> card % k == fold)
                        .map(card -> dealt[card])
                        .sorted()
                        .toArray())
                .toList();
    }

    /** {@return what is left of pictures from 0 to below a count without some, given in their order} */
    static int[] others(int count, int... some) {
        return IntStream.range(0, count)
                .filter(i -> Arrays.binarySearch(some, i) < 0)
                .toArray();
    }
}
