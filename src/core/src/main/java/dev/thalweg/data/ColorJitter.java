package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * Changes brightness, contrast and saturation, in this order, each by a factor drawn from {@code 1 − amount} to
 * {@code 1 + amount}: brightness scales all pixels, contrast their distance from the picture's mean, saturation each
 * pixel's distance from its own grey (three channels only).
 *
 * @param brightness from 0 to 1
 * @param contrast from 0 to 1
 * @param saturation from 0 to 1
 */
public record ColorJitter(double brightness, double contrast, double saturation) implements PictureAugmentation {
    private static final float WHITE = 255;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if one is not from 0 to 1
     */
    public ColorJitter {
        for (double amount : new double[] {brightness, contrast, saturation}) {
            if (!(amount >= 0 && amount <= 1)) {
                throw new IllegalArgumentException("ColorJitter: amounts must be from 0 to 1, got " + brightness + ", "
                        + contrast + ", " + saturation);
            }
        }
    }

    private static float factor(double amount, SplittableRandom random) {
        return (float) (1 + amount * (2 * random.nextDouble() - 1));
    }

    @Override
    public void apply(PixelBuffer p, SplittableRandom random) {
        float bright = factor(brightness, random);
        float contrasting = factor(contrast, random);
        float saturated = factor(saturation, random);
        double sum = 0;
        for (int i = 0; i < p.pixels.length; i++) {
            p.pixels[i] = clip(p.pixels[i] * bright);
            sum += p.pixels[i];
        }
        float mean = (float) (sum / p.pixels.length);
        for (int i = 0; i < p.pixels.length; i++) {
            p.pixels[i] = clip(mean + contrasting * (p.pixels[i] - mean));
        }
        int plane = p.height * p.width;
        for (int i = 0; i < plane && p.channels == 3; i++) {
            float grey = 0.299f * p.pixels[i] + 0.587f * p.pixels[i + plane] + 0.114f * p.pixels[i + 2 * plane];
            for (int at = i; at < p.pixels.length; at += plane) {
                p.pixels[at] = clip(grey + saturated * (p.pixels[at] - grey));
            }
        }
    }

    private static float clip(float value) {
        return Math.clamp(value, 0, WHITE);
    }
}
