package dev.thalweg.data;

import java.util.SplittableRandom;

/** Turns half of the pictures to their mirror image, left to right. */
public record RandomHorizontalFlip() implements PictureAugmentation {
    @Override
    public void apply(PixelBuffer p, SplittableRandom random) {
        if (random.nextBoolean()) {
            return;
        }
        for (int row = 0; row < p.channels * p.height; row++) {
            for (int left = row * p.width, right = left + p.width - 1; left < right; left++, right--) {
                float swap = p.pixels[left];
                p.pixels[left] = p.pixels[right];
                p.pixels[right] = swap;
            }
        }
    }
}
