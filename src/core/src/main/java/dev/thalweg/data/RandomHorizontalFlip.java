package dev.thalweg.data;

import java.util.SplittableRandom;

/** Turns half of the pictures to their mirror image, left to right. */
public record RandomHorizontalFlip() implements PictureAugmentation {
    @Override
    public void apply(PixelBuffer p, SplittableRandom random) {
        if (!random.nextBoolean()) {
            p.mirror();
        }
    }
}
