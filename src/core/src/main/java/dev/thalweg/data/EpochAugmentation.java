package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * A random change to a picture by itself, before it is normalized, that goes by the epoch: what is drawn for a picture
 * is the same in all epochs. One that draws anew in each is a {@link PictureAugmentation}.
 */
@FunctionalInterface
public non-sealed interface EpochAugmentation extends Augmentation {
    /**
     * Changes a picture.
     *
     * @param picture in place
     * @param random to draw from, other numbers for each picture, and the same for it in each epoch
     * @param epoch from 0
     */
    void apply(PixelBuffer picture, SplittableRandom random, int epoch);

    /**
     * {@return a change of one's own}
     *
     * @param name by which checkpoints know it: it says all that makes the change what it is
     * @param change of a picture
     * @throws IllegalArgumentException if the name is blank
     */
    static EpochAugmentation of(String name, EpochAugmentation change) {
        return new NamedEpochAugmentation(name, change);
    }
}
