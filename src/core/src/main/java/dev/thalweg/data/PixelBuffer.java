package dev.thalweg.data;

import dev.thalweg.tensor.Shape;
import java.util.Arrays;

/**
 * One picture on the heap, while it is changed: floats {@code [C, H, W]}, row-major, 0 (black) to 255, and room for
 * another. What leaves that range is not cut off.
 */
public final class PixelBuffer {
    final int channels;
    final int height;
    final int width;
    float[] pixels;
    private float[] other;

    /**
     * Makes room for a picture, black.
     *
     * @param channels at least 1
     * @param height in pixels, at least 1
     * @param width in pixels, at least 1
     * @throws dev.thalweg.tensor.ShapeException if no array is so long
     */
    public PixelBuffer(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.pixels = new float[Shape.of(channels, height, width).arrayLength()];
        this.other = new float[pixels.length];
    }

    /**
     * {@return the number of channels}
     */
    public int channels() {
        return channels;
    }

    /**
     * {@return pixels from top to bottom}
     */
    public int height() {
        return height;
    }

    /**
     * {@return pixels from left to right}
     */
    public int width() {
        return width;
    }

    /**
     * {@return the picture itself, to be read and changed; until {@link #swap} is called}
     */
    public float[] pixels() {
        return pixels;
    }

    /**
     * {@return the room for a changed picture, all zero; {@link #swap} makes it the picture}
     */
    public float[] blank() {
        Arrays.fill(other, 0);
        return other;
    }

    /** {@return a pixel as the byte that it would be} */
    int level(int at) {
        return Math.clamp((int) (pixels[at] + 0.5f), 0, 255);
    }

    /** Turns the picture to its mirror image, left to right. */
    void mirror() {
        for (int row = 0; row < channels * height; row++) {
            for (int left = row * width, right = left + width - 1; left < right; left++, right--) {
                float swap = pixels[left];
                pixels[left] = pixels[right];
                pixels[right] = swap;
            }
        }
    }

    /** Makes what was written to {@link #blank} the picture. */
    public void swap() {
        float[] before = pixels;
        pixels = other;
        other = before;
    }
}
