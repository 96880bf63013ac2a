package dev.thalweg.report;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A picture as levels of grey, to be compared with others of the same size.
 *
 * @param levels from 0 to 255, row by row
 * @param mean of them
 * @param deviation from the mean, the root of the mean square
 */
record GreyPicture(float[] levels, double mean, double deviation) {
    /** Red, green and blue by how bright they look (ITU-R BT.601), as picture libraries take them. */
    private static final float[] BRIGHTNESS = {0.299f, 0.587f, 0.114f};

    static GreyPicture of(ImageDataset data, int index) {
        Shape shape = data.imageShape();
        int channels = shape.dim(0);
        int pixels = shape.arrayLength() / channels;
        MemorySegment bytes = data.pixels(index);
        float[] levels = new float[pixels];
        for (int c = 0; c < channels; c++) {
            float part = channels == BRIGHTNESS.length ? BRIGHTNESS[c] : 1f / channels;
            for (int p = 0; p < pixels; p++) {
                levels[p] += part * Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, (long) c * pixels + p));
            }
        }
        return of(levels);
    }

    static GreyPicture of(float... levels) {
        double sum = 0;
        double squares = 0;
        for (float level : levels) {
            sum += level;
            squares += (double) level * level;
        }
        double mean = sum / levels.length;
        return new GreyPicture(levels, mean, Math.sqrt(Math.max(0, squares / levels.length - mean * mean)));
    }

    /**
     * {@return Pearson's correlation with another picture: 1 where they differ in brightness and contrast alone; NaN
     * where one of them is of one grey}
     */
    double correlation(GreyPicture other) {
        double product = 0;
        for (int p = 0; p < levels.length; p++) {
            product += (double) levels[p] * other.levels[p];
        }
        return (product / levels.length - mean * other.mean) / (deviation * other.deviation);
    }
}
