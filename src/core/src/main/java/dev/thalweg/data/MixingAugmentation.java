package dev.thalweg.data;

import java.util.SplittableRandom;

/** A random change that mixes the normalized pictures of a batch, and their targets alike. */
@FunctionalInterface
public non-sealed interface MixingAugmentation extends Augmentation {
    /**
     * Mixes each picture with another.
     *
     * @param batch in place
     * @param random to draw from, other numbers for each batch and epoch
     */
    void apply(MixBuffer batch, SplittableRandom random);
}
