package dev.thalweg.data;

import java.util.Arrays;
import java.util.Objects;

/** Makes another of each level of a channel, wherever it is. */
public enum LevelChange implements PictureChange {
    /** Nothing, whatever the magnitude. */
    IDENTITY,
    /** Fewer levels: the magnitude is how many bits of each are kept, from 1 to 8, of which a part is left out. */
    POSTERIZE,
    /** Turns bright to dark: the magnitude is the lowest level that is inverted. */
    SOLARIZE,
    /** Spreads the levels of each channel from black to white, whatever the magnitude. */
    AUTO_CONTRAST,
    /** Spreads the levels of each channel so that all come up about as often, whatever the magnitude. */
    EQUALIZE;

    private static final int LEVELS = 256;
    private static final int WHITE = LEVELS - 1;
    private static final int BITS = 8;

    @Override
    public void apply(PixelBuffer picture, double magnitude) {
        Objects.requireNonNull(picture, "picture");
        if (this == POSTERIZE ? !(magnitude >= 1 && magnitude <= BITS) : !Double.isFinite(magnitude)) {
            throw new IllegalArgumentException(this + ": expected "
                    + (this == POSTERIZE ? "1 to " + BITS + " bits" : "a finite magnitude") + ", got " + magnitude);
        }
        if (this == IDENTITY) {
            return;
        }
        int plane = picture.height * picture.width;
        int[] table = new int[LEVELS];
        for (int from = 0; from < picture.pixels.length; from += plane) {
            Arrays.setAll(table, i -> i);
            switch (this) {
                case POSTERIZE -> posterize(table, (int) magnitude);
                case SOLARIZE -> solarize(table, magnitude);
                case AUTO_CONTRAST -> stretch(table, counts(picture, from, from + plane));
                default -> equalize(table, counts(picture, from, from + plane));
            }
            for (int i = from; i < from + plane; i++) {
                picture.pixels[i] = table[picture.level(i)];
            }
        }
    }

    @Override
    public boolean isSigned() {
        return false;
    }

    private static int[] counts(PixelBuffer picture, int from, int to) {
        int[] counts = new int[LEVELS];
        for (int i = from; i < to; i++) {
            counts[picture.level(i)]++;
        }
        return counts;
    }

    private static void posterize(int[] table, int bits) {
        for (int i = 0; i < LEVELS; i++) {
            table[i] = i & -(1 << BITS - bits);
        }
    }

    private static void solarize(int[] table, double threshold) {
        for (int i = 0; i < LEVELS; i++) {
            table[i] = i < threshold ? i : WHITE - i;
        }
    }

    private static void stretch(int[] table, int... counts) {
        int lowest = 0;
        while (counts[lowest] == 0) {
            lowest++;
        }
        int highest = highest(counts);
        if (highest == lowest) {
            return;
        }
        double scale = (double) WHITE / (highest - lowest);
        for (int i = 0; i < LEVELS; i++) {
            table[i] = Math.clamp((int) (i * scale - lowest * scale), 0, WHITE);
        }
    }

    /** As many pixels as a step holds share a level; those of the highest one are not counted. */
    private static void equalize(int[] table, int... counts) {
        int step = (Arrays.stream(counts).sum() - counts[highest(counts)]) / WHITE;
        if (step == 0) {
            return;
        }
        int below = step / 2;
        for (int i = 0; i < LEVELS; i++) {
            table[i] = Math.min(below / step, WHITE);
            below += counts[i];
        }
    }

    private static int highest(int... counts) {
        int highest = WHITE;
        while (counts[highest] == 0) {
            highest--;
        }
        return highest;
    }
}
