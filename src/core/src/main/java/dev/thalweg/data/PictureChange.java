package dev.thalweg.data;

/**
 * A change to a picture that is as strong as is said: one of those that AutoAugment chose from (Cubuk et al., CVPR
 * 2019, table 6), as torchvision computes them by Pillow, to the bit. Levels between whole ones are rounded first where
 * they are changed. {@link TrivialAugment} and {@link RandAugment} draw among them.
 */
public sealed interface PictureChange permits GeometricChange, ColorChange, LevelChange {
    /**
     * Changes a picture.
     *
     * @param picture in place
     * @param magnitude how much, in the unit that belongs to the change
     * @throws IllegalArgumentException if there is no such magnitude
     */
    void apply(PixelBuffer picture, double magnitude);

    /**
     * {@return whether a magnitude below zero is the opposite of one above}
     */
    boolean isSigned();
}
