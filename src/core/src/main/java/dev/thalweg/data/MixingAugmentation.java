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

    /**
     * {@return a way to mix of one's own}
     *
     * @param name by which checkpoints know it: it says all that makes the mixture what it is
     * @param mixing of a batch
     * @throws IllegalArgumentException if the name is blank
     */
    static MixingAugmentation of(String name, MixingAugmentation mixing) {
        return new NamedMixingAugmentation(name, mixing);
    }
}
