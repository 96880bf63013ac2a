package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** What torchvision has no answer to; the rest is compared with it. */
class PictureChangeTest {
    private static PixelBuffer picture(int channels, float... pixels) {
        PixelBuffer p = new PixelBuffer(channels, 1, pixels.length / channels);
        System.arraycopy(pixels, 0, p.pixels, 0, pixels.length);
        return p;
    }

    private static void assertBecomes(float[] expected, PixelBuffer picture, PictureChange change, double magnitude) {
        change.apply(picture, magnitude);
        assertArrayEquals(expected, picture.pixels, change.toString());
    }

    @Test
    void levelsBetweenWholeOnesAreRoundedWhereTheyAreChanged() {
        float[] between = {-3.2f, 100.4f, 100.6f, 300};
        assertBecomes(new float[] {255, 155, 154, 0}, picture(1, between), LevelChange.SOLARIZE, 0);
        assertBecomes(new float[] {0, 50, 50, 127}, picture(1, between), ColorChange.BRIGHTNESS, -0.5);
        assertBecomes(between, picture(1, between), LevelChange.IDENTITY, 0);
        assertBecomes(new float[] {0, -3.2f, 100.4f, 100.6f}, picture(1, between), GeometricChange.TRANSLATE_X, 1.9);
    }

    /** Their mean grey is that of all channels, and they have no colours. */
    @Test
    void picturesOfTwoChannelsAreChangedToo() {
        float[] two = {10, 20, 30, 40};
        assertBecomes(two, picture(2, two), ColorChange.COLOR, -1);
        assertBecomes(new float[] {25, 25, 25, 25}, picture(2, two), ColorChange.CONTRAST, -1);
        assertBecomes(new float[] {0, 255, 0, 255}, picture(2, two), LevelChange.AUTO_CONTRAST, 0);
    }

    @Test
    void magnitudesThatAreNoneAreRefused() {
        PixelBuffer p = picture(1, 1);
        for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            for (PictureChange change : new PictureChange[] {
                GeometricChange.SHEAR_X, ColorChange.SHARPNESS, LevelChange.SOLARIZE, LevelChange.POSTERIZE
            }) {
                assertThrows(IllegalArgumentException.class, () -> change.apply(p, wrong));
            }
        }
        assertThrows(IllegalArgumentException.class, () -> LevelChange.POSTERIZE.apply(p, 0.9));
        assertThrows(IllegalArgumentException.class, () -> LevelChange.POSTERIZE.apply(p, 9));
    }
}
