package dev.thalweg.pictures;

import java.awt.image.WritableRaster;

/**
 * Makes the colours of a lossy WebP picture as smooth as libwebp does. VP8 stores a chroma sample for four pixels (RFC
 * 6386); TwelveMonkeys' decoder (3.14) repeats it, where libwebp interpolates, and gives only the RGB it makes. So the
 * YUV is found again from that: exactly wherever one of the four pixels was not clipped, since each step of U and V
 * changes the differences of red, green and blue by more than a rounding.
 */
final class WebpChroma {
    private static final int BITS = 16;
    private static final int HALF = 1 << (BITS - 1);
    /** How U and V change red less blue, and red less green. */
    private static final double U_IN_RED_LESS_BLUE = -2.01723;

    private static final double V_IN_RED_LESS_BLUE = 1.59603;
    private static final double U_IN_RED_LESS_GREEN = 0.39176;
    private static final double V_IN_RED_LESS_GREEN = 1.59603 + 0.81297;
    private static final double DETERMINANT =
            U_IN_RED_LESS_BLUE * V_IN_RED_LESS_GREEN - V_IN_RED_LESS_BLUE * U_IN_RED_LESS_GREEN;

    private final WritableRaster rgb;
    private final int width;
    private final int height;
    private final int across;
    private final byte[] us;
    private final byte[] vs;

    private WebpChroma(WritableRaster rgb) {
        this.rgb = rgb;
        width = rgb.getWidth();
        height = rgb.getHeight();
        across = (width + 1) / 2;
        us = new byte[Math.multiplyExact(across, (height + 1) / 2)];
        vs = new byte[us.length];
    }

    /**
     * Smooths a picture in place.
     *
     * @param rgb red, green and blue, and whatever follows them
     */
    static void smooth(WritableRaster rgb) {
        WebpChroma chroma = new WebpChroma(rgb);
        chroma.find();
        chroma.interpolate();
    }

    private int[] row(int y) {
        return rgb.getPixels(rgb.getMinX(), rgb.getMinY() + y, width, 1, (int[]) null);
    }

    private void find() {
        int bands = rgb.getNumBands();
        for (int y = 0; y < height; y += 2) {
            int[] upper = row(y);
            int[] lower = y + 1 < height ? row(y + 1) : upper;
            for (int x = 0; x < width; x += 2) {
                int next = Math.min(x + 1, width - 1) * bands;
                int[] best = upper;
                int at = x * bands;
                int clipping = clipping(upper, at);
                if (clipping(upper, next) < clipping) {
                    at = next;
                    clipping = clipping(upper, at);
                }
                if (clipping(lower, x * bands) < clipping) {
                    best = lower;
                    at = x * bands;
                    clipping = clipping(lower, at);
                }
                if (clipping(lower, next) < clipping) {
                    best = lower;
                    at = next;
                }
                find(best[at], best[at + 1], best[at + 2], y / 2 * across + x / 2);
            }
        }
    }

    private static int clipping(int[] row, int at) {
        return clipped(row[at]) + clipped(row[at + 1]) + clipped(row[at + 2]);
    }

    private static int clipped(int sample) {
        return sample == 0 || sample == 255 ? 1 : 0;
    }

    private void find(int red, int green, int blue, int at) {
        double lessBlue = red - blue;
        double lessGreen = red - green;
        double fromU = (lessBlue * V_IN_RED_LESS_GREEN - lessGreen * V_IN_RED_LESS_BLUE) / DETERMINANT;
        double fromV = (lessGreen * U_IN_RED_LESS_BLUE - lessBlue * U_IN_RED_LESS_GREEN) / DETERMINANT;
        int nearU = 128 + (int) Math.rint(fromU);
        int nearV = 128 + (int) Math.rint(fromV);
        int least = Integer.MAX_VALUE;
        for (int u = Math.max(0, nearU - 1); u <= Math.min(255, nearU + 1); u++) {
            for (int v = Math.max(0, nearV - 1); v <= Math.min(255, nearV + 1); v++) {
                int wrong = Math.abs(redOf(v) - blueOf(u) - (red - blue))
                        + Math.abs(redOf(v) - greenOf(u, v) - (red - green));
                if (wrong < least) {
                    least = wrong;
                    us[at] = (byte) u;
                    vs[at] = (byte) v;
                }
            }
        }
    }

    /** {@return what V adds to red, as the decoder rounds it} */
    private static int redOf(int v) {
        return fixed(1.59603) * (v - 128) + HALF >> BITS;
    }

    private static int greenOf(int u, int v) {
        return -fixed(0.81297) * (v - 128) - fixed(0.39176) * (u - 128) + HALF >> BITS;
    }

    private static int blueOf(int u) {
        return fixed(2.01723) * (u - 128) + HALF >> BITS;
    }

    private static int fixed(double factor) {
        return (int) (factor * (1 << BITS) + 0.5);
    }

    private void interpolate() {
        int bands = rgb.getNumBands();
        for (int y = 0; y < height; y++) {
            int[] row = row(y);
            for (int x = 0; x < width; x++) {
                int near = y / 2 * across + x / 2;
                int luma = luma(row, x * bands, us[near] & 0xff, vs[near] & 0xff);
                int u = interpolated(us, x, y);
                int v = interpolated(vs, x, y);
                row[x * bands] = level((luma * 19077 >> 8) + (v * 26149 >> 8) - 14234);
                row[x * bands + 1] = level((luma * 19077 >> 8) - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708);
                row[x * bands + 2] = level((luma * 19077 >> 8) + (u * 33050 >> 8) - 17685);
            }
            rgb.setPixels(rgb.getMinX(), rgb.getMinY() + y, width, 1, row);
        }
    }

    /** {@return the Y of a pixel, from a band of it that was not clipped, or the most likely one} */
    private static int luma(int[] row, int at, int u, int v) {
        int fromGreen = row[at + 1] - greenOf(u, v);
        int scaled = clipped(row[at + 1]) == 0
                ? fromGreen
                : clipped(row[at]) == 0
                        ? row[at] - redOf(v)
                        : clipped(row[at + 2]) == 0 ? row[at + 2] - blueOf(u) : fromGreen;
        return Math.clamp(16 + (int) Math.rint(scaled / 1.16438), 0, 255);
    }

    /**
     * A pixel's chroma is that of the four samples around it by 9, 3, 3 and 1 sixteenths; in libwebp's order of
     * roundings.
     */
    private int interpolated(byte[] plane, int x, int y) {
        int column = x / 2;
        int line = y / 2;
        int beside = Math.clamp(column + (x % 2 == 0 ? -1 : 1), 0, across - 1);
        int above = Math.clamp(line + (y % 2 == 0 ? -1 : 1), 0, (height + 1) / 2 - 1);
        int near = plane[line * across + column] & 0xff;
        int horizontal = plane[line * across + beside] & 0xff;
        int vertical = plane[above * across + column] & 0xff;
        int far = plane[above * across + beside] & 0xff;
        return (near + 3 * horizontal + 3 * vertical + far + 8 >> 3) + near >> 1;
    }

    private static int level(int value) {
        return Math.clamp(value >> 6, 0, 255);
    }
}
