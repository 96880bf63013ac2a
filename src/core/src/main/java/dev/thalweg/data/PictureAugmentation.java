package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * A random change to a picture by itself, before it is normalized.
 * {@snippet :
 * record Invert(double probability) implements PictureAugmentation {
 *     @Override
 *     public void apply(PixelBuffer picture, SplittableRandom random) {
 *         if (random.nextDouble() < probability) {
 *             float[] pixels = picture.pixels();
 *             for (int i = 0; i < pixels.length; i++) {
 *                 pixels[i] = 255 - pixels[i];
 *             }
 *         }
 *     }
 * }
 * }
 */
@FunctionalInterface
public non-sealed interface PictureAugmentation extends Augmentation {
    /**
     * Changes a picture.
     *
     * @param picture in place
     * @param random to draw from, other numbers for each picture and epoch
     */
    void apply(PixelBuffer picture, SplittableRandom random);

    /**
     * {@return a change of one's own}
     *
     * @param name by which checkpoints know it: it says all that makes the change what it is
     * @param change of a picture
     * @throws IllegalArgumentException if the name is blank
     */
    static PictureAugmentation of(String name, PictureAugmentation change) {
        return new NamedPictureAugmentation(name, change);
    }
}
