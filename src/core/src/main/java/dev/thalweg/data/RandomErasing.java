package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * Fills a random rectangle with noise (Zhong et al., Random Erasing, AAAI 2020, algorithm 1) or, as Cutout does
 * (DeVries and Taylor 2017), with black.
 *
 * @param probability of a picture to be changed, from 0 to 1
 * @param least part of the picture's area, above 0
 * @param most part of the picture's area, from the least to below 1
 * @param noise whether the rectangle is filled with random bytes
 */
public record RandomErasing(double probability, double least, double most, boolean noise)
        implements PictureAugmentation {
    private static final double NARROWEST = 0.3;
    private static final int TRIES = 100;
    private static final int BYTES = 256;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code probability} is not from 0 to 1, or {@code 0 < least <= most < 1} does
     *         not hold
     */
    public RandomErasing {
        if (!(probability >= 0 && probability <= 1) || !(least > 0 && most >= least && most < 1)) {
            throw new IllegalArgumentException(
                    "RandomErasing: expected a probability of 0 to 1 and areas 0 < least <= most < 1, got "
                            + probability + ", " + least + " and " + most);
        }
    }

    /** With the paper's coefficients: half of the pictures, 2 to 40 % of their area, noise. */
    public RandomErasing() {
        this(0.5, 0.02, 0.4, true);
    }

    @Override
    public void apply(PixelBuffer p, SplittableRandom random) {
        if (random.nextDouble() >= probability) {
            return;
        }
        for (int attempt = 0; attempt < TRIES; attempt++) {
            double area = (least + (most - least) * random.nextDouble()) * p.height * p.width;
            double shape = NARROWEST + (1 / NARROWEST - NARROWEST) * random.nextDouble();
            int height = (int) Math.round(Math.sqrt(area * shape));
            int width = (int) Math.round(Math.sqrt(area / shape));
            if (height >= 1 && width >= 1 && height < p.height && width < p.width) {
                fill(
                        p,
                        random.nextInt(p.height - height + 1),
                        random.nextInt(p.width - width + 1),
                        height,
                        width,
                        random);
                return;
            }
        }
    }

    private void fill(PixelBuffer p, int top, int left, int height, int width, SplittableRandom random) {
        for (int c = 0; c < p.channels; c++) {
            for (int y = top; y < top + height; y++) {
                for (int x = left; x < left + width; x++) {
                    p.pixels[(c * p.height + y) * p.width + x] = noise ? random.nextInt(BYTES) : 0;
                }
            }
        }
    }
}
