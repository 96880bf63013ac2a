package dev.thalweg.data;

import dev.thalweg.text.Counted;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws each picture of an epoch by itself, with replacement, as likely as the weight of its class says: one picture of
 * a class of weight 2 is drawn twice as often as one of a class of weight 1. For pictures of one class each.
 *
 * @param classWeights one for each class, finite and at least 0, not all 0
 */
public record WeightedRandomSampler(List<Double> classWeights) implements Sampler {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if a weight is not finite and at least 0, or all are 0
     */
    public WeightedRandomSampler {
        classWeights = List.copyOf(classWeights);
        if (classWeights.stream().anyMatch(w -> !(w >= 0) || Double.isInfinite(w))
                || classWeights.stream().noneMatch(w -> w > 0)) {
            throw new IllegalArgumentException(
                    "WeightedRandomSampler: expected finite weights of at least 0, not all 0, got " + classWeights);
        }
    }

    /**
     * Takes weights one by one.
     *
     * @param classWeights one for each class, finite and at least 0, not all 0
     */
    public WeightedRandomSampler(double... classWeights) {
        this(Arrays.stream(classWeights).boxed().toList());
    }

    @Override
    public int[] order(Targets targets, SplittableRandom random) {
        if (!(targets instanceof ClassTargets classes) || classes.outputs() != classWeights.size()) {
            throw new IllegalArgumentException("WeightedRandomSampler: got " + Counted.of(classWeights.size(), "weight")
                    + ", expected one for each class, got pictures of " + targets);
        }
        double[] sums = new double[classes.size()];
        double sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += classWeights.get(classes.label(i));
            sums[i] = sum;
        }
        if (!(sum > 0 && Double.isFinite(sum))) {
            throw new IllegalArgumentException("WeightedRandomSampler: the weights of all pictures together are " + sum
                    + ", expected more than 0");
        }
        int[] order = new int[sums.length];
        for (int i = 0; i < order.length; i++) {
            order[i] = firstAbove(sums, random.nextDouble(sum));
        }
        return order;
    }

    /** {@return the first place whose sum is greater than a number below the last sum: never one of weight 0} */
    private static int firstAbove(double[] sums, double number) {
        int low = 0;
        int high = sums.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sums[middle] > number) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
