package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * Pads pictures with black and cuts their size out again at a random place (He et al. 2016, section 4.2).
 *
 * @param padding pixels on each side, at least 1
 */
public record RandomCrop(int padding) implements PictureAugmentation {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code padding} is not at least 1
     */
    public RandomCrop {
        if (padding < 1) {
            throw new IllegalArgumentException("RandomCrop: the padding must be at least 1 pixel, got " + padding);
        }
    }

    @Override
    public void apply(PixelBuffer p, SplittableRandom random) {
        int dy = random.nextInt(2 * padding + 1) - padding;
        int dx = random.nextInt(2 * padding + 1) - padding;
        float[] to = p.blank();
        int length = p.width - Math.abs(dx);
        for (int row = 0; row < p.channels * p.height && length > 0; row++) {
            int from = row % p.height + dy;
            if (from >= 0 && from < p.height) {
                System.arraycopy(
                        p.pixels, (row + dy) * p.width + Math.max(0, dx), to, row * p.width + Math.max(0, -dx), length);
            }
        }
        p.swap();
    }
}
