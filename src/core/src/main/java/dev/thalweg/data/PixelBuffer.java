package dev.thalweg.data;

import java.util.Arrays;

/** One picture on the heap, while it is changed: floats of 0 to 255, {@code [C, H, W]}, and room for another. */
public final class PixelBuffer {
    final int channels;
    final int height;
    final int width;
    float[] pixels;
    private float[] other;

    PixelBuffer(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.pixels = new float[channels * height * width];
        this.other = new float[pixels.length];
    }

    /** The room for the changed picture, all zero; {@link #swap} makes it the picture. */
    float[] blank() {
        Arrays.fill(other, 0);
        return other;
    }

    void swap() {
        float[] before = pixels;
        pixels = other;
        other = before;
    }
}
