package dev.thalweg.data;

import java.util.SplittableRandom;

/** A random change to a picture by itself. */
public sealed interface PictureAugmentation extends Augmentation
        permits RandomCrop, RandomHorizontalFlip, ColorJitter, RandomAffine, RandomErasing {
    /**
     * Changes a picture.
     *
     * @param picture in place
     * @param random to draw from
     */
    void apply(PixelBuffer picture, SplittableRandom random);
}
