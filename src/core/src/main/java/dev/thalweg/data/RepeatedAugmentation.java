package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * Several times the same pictures after each other, each time changed by augmentations in a way of its own, in a random
 * order (Hoffer et al., Augment your batch, CVPR 2020). An epoch is as long as without: it sees so many times fewer
 * pictures, drawn anew each time. As the {@code RASampler} of torchvision's training script, on one device.
 *
 * @param repeats how many times each picture comes, at least 1
 */
public record RepeatedAugmentation(int repeats) implements Sampler {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code repeats} is not at least 1
     */
    public RepeatedAugmentation {
        if (repeats < 1) {
            throw new IllegalArgumentException(
                    "RepeatedAugmentation: expected each picture at least once, got " + repeats + " times");
        }
    }

    @Override
    public int[] order(Targets targets, SplittableRandom random) {
        int[] order = Orders.shuffled(targets.size(), random);
        // From behind, so that nothing is overwritten that is still to be read.
        for (int i = order.length - 1; i >= 0; i--) {
            order[i] = order[i / repeats];
        }
        return order;
    }
}
