package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * Turns, moves and scales pictures about their middle, interpolating between pixels; what comes in from outside is
 * black.
 *
 * @param degrees greatest angle to either side, from 0 to 180
 * @param translate greatest shift as a part of the picture's size, from 0 to 1
 * @param scale greatest change of size: factors from {@code 1 − scale} to {@code 1 + scale}, from 0 to below 1
 */
public record RandomAffine(double degrees, double translate, double scale) implements PictureAugmentation {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code degrees} is not from 0 to 180, {@code translate} not from 0 to 1, or
     *         {@code scale} not from 0 to below 1
     */
    public RandomAffine {
        if (!(degrees >= 0 && degrees <= 180) || !(translate >= 0 && translate <= 1) || !(scale >= 0 && scale < 1)) {
            throw new IllegalArgumentException(
                    "RandomAffine: expected 0 to 180 degrees, a shift of 0 to 1 and a scale of 0 to below 1, got "
                            + degrees + ", " + translate + " and " + scale);
        }
    }

    private static double within(double amount, SplittableRandom random) {
        return amount * (2 * random.nextDouble() - 1);
    }

    @Override
    public void apply(PixelBuffer p, SplittableRandom random) {
        double angle = Math.toRadians(within(degrees, random));
        double dx = within(translate, random) * p.width;
        double dy = within(translate, random) * p.height;
        double factor = 1 + within(scale, random);
        double cos = Math.cos(angle) / factor;
        double sin = Math.sin(angle) / factor;
        double middleX = (p.width - 1) / 2.0;
        double middleY = (p.height - 1) / 2.0;
        float[] to = p.blank();
        int plane = p.height * p.width;
        for (int y = 0; y < p.height; y++) {
            for (int x = 0; x < p.width; x++) {
                double u = x - middleX - dx;
                double v = y - middleY - dy;
                double fromX = cos * u + sin * v + middleX;
                double fromY = -sin * u + cos * v + middleY;
                for (int c = 0; c < p.channels; c++) {
                    to[c * plane + y * p.width + x] = interpolated(p, c * plane, fromX, fromY);
                }
            }
        }
        p.swap();
    }

    private static float interpolated(PixelBuffer p, int plane, double x, double y) {
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        float right = (float) (x - left);
        float down = (float) (y - top);
        return (1 - down) * ((1 - right) * pixel(p, plane, left, top) + right * pixel(p, plane, left + 1, top))
                + down * ((1 - right) * pixel(p, plane, left, top + 1) + right * pixel(p, plane, left + 1, top + 1));
    }

    private static float pixel(PixelBuffer p, int plane, int x, int y) {
        return x >= 0 && x < p.width && y >= 0 && y < p.height ? p.pixels[plane + y * p.width + x] : 0;
    }
}
