package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * Changes each picture in one way, drawn among all {@link PictureChange}s, as strongly as is drawn too (Müller and
 * Hutter, TrivialAugment, ICCV 2021). What can be drawn is the paper's "wide" space, as in torchvision's
 * {@code TrivialAugmentWide}: 31 magnitudes, to either side where there are two.
 */
public record TrivialAugment() implements PictureAugmentation {
    @Override
    public void apply(PixelBuffer picture, SplittableRandom random) {
        ChangeSpace.WIDE
                .draw(random.nextInt(ChangeSpace.STEPS), picture.height, picture.width, random)
                .apply(picture);
    }
}
