package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * Changes each picture in several ways after each other, drawn among all {@link PictureChange}s, all as strongly as is
 * said (Cubuk et al., RandAugment, NeurIPS 2020). The magnitudes are torchvision's 31, to either side, drawn, where
 * there are two.
 *
 * @param changes how many, at least 1
 * @param magnitude from 0, nothing, to 30, the most
 */
public record RandAugment(int changes, int magnitude) implements PictureAugmentation {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if there is no change, or {@code magnitude} is not from 0 to 30
     */
    public RandAugment {
        if (changes < 1 || magnitude < 0 || magnitude >= ChangeSpace.STEPS) {
            throw new IllegalArgumentException("RandAugment: expected at least 1 change and a magnitude of 0 to "
                    + (ChangeSpace.STEPS - 1) + ", got " + changes + " and " + magnitude);
        }
    }

    /** With torchvision's numbers: two changes of magnitude 9. */
    public RandAugment() {
        this(2, 9);
    }

    @Override
    public void apply(PixelBuffer picture, SplittableRandom random) {
        for (int i = 0; i < changes; i++) {
            ChangeSpace.NARROW
                    .draw(magnitude, picture.height, picture.width, random)
                    .apply(picture);
        }
    }
}
