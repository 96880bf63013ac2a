package dev.thalweg.data;

/**
 * Brings a picture closer to a poorer one, or farther from it: a magnitude of −1 makes the poorer one of it, 0 leaves
 * it as it is, 1 takes it as far to the other side.
 */
public enum ColorChange implements PictureChange {
    /** Against black. */
    BRIGHTNESS,
    /** Against the same picture in grey; one that does not have three channels stays as it is. */
    COLOR,
    /** Against one grey, the mean of the picture. */
    CONTRAST,
    /** Against the picture smoothed by its eight neighbours; its outermost pixels stay as they are. */
    SHARPNESS;

    private static final int WHITE = 255;
    /** Of the middle among its neighbours, which weigh 1 each. */
    private static final int MIDDLE = 5;

    @Override
    public void apply(PixelBuffer picture, double magnitude) {
        if (!Double.isFinite(magnitude)) {
            throw new IllegalArgumentException(this + ": expected a finite magnitude, got " + magnitude);
        }
        float factor = (float) (1 + magnitude);
        switch (this) {
            case BRIGHTNESS -> blend(picture, 0, factor);
            case COLOR -> color(picture, factor);
            case CONTRAST -> blend(picture, mean(picture), factor);
            case SHARPNESS -> sharpen(picture, factor);
        }
    }

    @Override
    public boolean isSigned() {
        return true;
    }

    private static void blend(PixelBuffer p, int poorer, float factor) {
        for (int i = 0; i < p.pixels.length; i++) {
            p.pixels[i] = blended(poorer, p.level(i), factor);
        }
    }

    /** Pillow leaves out what is behind the point. */
    private static int blended(int poorer, int level, float factor) {
        return Math.clamp((int) (poorer + factor * (level - poorer)), 0, WHITE);
    }

    private static void color(PixelBuffer p, float factor) {
        int plane = p.height * p.width;
        for (int i = 0; i < plane && p.channels == 3; i++) {
            int grey = grey(p, i);
            for (int at = i; at < p.pixels.length; at += plane) {
                p.pixels[at] = blended(grey, p.level(at), factor);
            }
        }
    }

    /** By ITU-R 601-2 in fixed point. */
    private static int grey(PixelBuffer p, int at) {
        int plane = p.height * p.width;
        return 19595 * p.level(at) + 38470 * p.level(at + plane) + 7471 * p.level(at + 2 * plane) + 0x8000 >> 16;
    }

    private static int mean(PixelBuffer p) {
        boolean colored = p.channels == 3;
        int count = colored ? p.height * p.width : p.pixels.length;
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += colored ? grey(p, i) : p.level(i);
        }
        return (int) ((double) sum / count + 0.5);
    }

    private static void sharpen(PixelBuffer p, float factor) {
        float[] to = p.blank();
        for (int row = 0; row < p.channels * p.height; row++) {
            boolean inside = row % p.height > 0 && row % p.height < p.height - 1;
            for (int x = 0; x < p.width; x++) {
                int at = row * p.width + x;
                int level = p.level(at);
                int poorer = inside && x > 0 && x < p.width - 1 ? smoothed(p, at) : level;
                to[at] = blended(poorer, level, factor);
            }
        }
        p.swap();
    }

    /** The mean, rounded; half a level does not come up, as the weights are thirteen. */
    private static int smoothed(PixelBuffer p, int at) {
        int sum = (MIDDLE - 1) * p.level(at);
        for (int row = at - p.width; row <= at + p.width; row += p.width) {
            sum += p.level(row - 1) + p.level(row) + p.level(row + 1);
        }
        int weights = MIDDLE + 8;
        return (2 * sum + weights) / (2 * weights);
    }
}
