package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * Cuts a part of random size and shape out of pictures and enlarges it to their own size (Szegedy et al., Going deeper
 * with convolutions, CVPR 2015, section 6). What is drawn is torchvision's {@code RandomResizedCrop}: an area, a ratio
 * of width to height whose logarithm is uniform, and a place; after ten parts that do not fit, the largest one in the
 * middle whose ratio is allowed.
 *
 * @param scaleMin least part of the picture's area, above 0
 * @param scaleMax most of it, from the least to 1
 * @param ratioMin least ratio of width to height, above 0
 * @param ratioMax greatest, finite, at least the least
 */
public record RandomResizedCrop(double scaleMin, double scaleMax, double ratioMin, double ratioMax)
        implements PictureAugmentation {
    private static final int TRIES = 10;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code 0 < scaleMin <= scaleMax <= 1} or
     *         {@code 0 < ratioMin <= ratioMax < infinity} does not hold
     */
    public RandomResizedCrop {
        if (!(scaleMin > 0 && scaleMin <= scaleMax && scaleMax <= 1)
                || !(ratioMin > 0 && ratioMin <= ratioMax && Double.isFinite(ratioMax))) {
            throw new IllegalArgumentException(
                    "RandomResizedCrop: expected areas 0 < least <= most <= 1 and finite ratios 0 < least <= greatest,"
                            + " got " + scaleMin + " to " + scaleMax + " and " + ratioMin + " to " + ratioMax);
        }
    }

    /** With the numbers that are usual for ImageNet: 8 to 100 % of the area, ratios of 3:4 to 4:3. */
    public RandomResizedCrop() {
        this(0.08, 1, 3 / 4.0, 4 / 3.0);
    }

    @Override
    public void apply(PixelBuffer picture, SplittableRandom random) {
        box(picture.width, picture.height, random).enlarge(picture);
    }

    /** Draws what is cut out of a picture. */
    CropBox box(int width, int height, SplittableRandom random) {
        double lowest = Math.log(ratioMin);
        double highest = Math.log(ratioMax);
        for (int attempt = 0; attempt < TRIES; attempt++) {
            double area = (scaleMin + (scaleMax - scaleMin) * random.nextDouble()) * width * height;
            double ratio = Math.exp(lowest + (highest - lowest) * random.nextDouble());
            int across = (int) Math.rint(Math.sqrt(area * ratio));
            int down = (int) Math.rint(Math.sqrt(area / ratio));
            if (across > 0 && across <= width && down > 0 && down <= height) {
                int top = random.nextInt(height - down + 1);
                return new CropBox(random.nextInt(width - across + 1), top, across, down);
            }
        }
        return middle(width, height);
    }

    private CropBox middle(int width, int height) {
        double ratio = Math.clamp((double) width / height, ratioMin, ratioMax);
        // A picture that is narrower or wider by far than allowed has parts of no row or column.
        int across = Math.clamp((int) Math.rint(height * ratio), 1, width);
        int down = Math.clamp((int) Math.rint(width / ratio), 1, height);
        return new CropBox((width - across) / 2, (height - down) / 2, across, down);
    }
}
