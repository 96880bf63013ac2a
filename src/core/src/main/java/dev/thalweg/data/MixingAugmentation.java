package dev.thalweg.data;

import java.util.SplittableRandom;

/** A random change that mixes the pictures of a batch, and their targets alike. */
public sealed interface MixingAugmentation extends Augmentation permits Mixup, CutMix {
    /**
     * Mixes each picture with another.
     *
     * @param batch in place
     * @param random to draw from
     */
    void apply(MixBuffer batch, SplittableRandom random);
}
