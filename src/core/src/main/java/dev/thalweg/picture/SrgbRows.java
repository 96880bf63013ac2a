package dev.thalweg.picture;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A decoded picture as 8-bit sRGB or grey on white: samples are shortened to their upper 8 bits, colours are converted
 * by the embedded profile, and alpha is laid on the background. Grey without a profile stays the grey it is.
 */
final class SrgbRows implements PictureRows {
    private final int width;
    private final int height;
    private final Decoded decoded;
    private final SampleColors colors;
    /** Null where there is nothing to convert. */
    private final @Nullable IccConversion conversion;

    private final int channels;
    private final int[] samples;
    private final byte[] color;
    /** Null where there is none. */
    private final byte @Nullable [] alpha;

    private final byte[] converted;

    /**
     * @param width of the whole picture
     * @param height of the whole picture
     * @param decoded its samples, or those of a part of it
     * @param profile the embedded ICC profile, if there is one
     */
    SrgbRows(int width, int height, Decoded decoded, Optional<byte[]> profile) {
        this.width = width;
        this.height = height;
        this.decoded = decoded;
        colors = new SampleColors(decoded);
        conversion = profile.flatMap(embedded -> IccConversion.of(embedded, colors.channels()))
                .orElse(null);
        int across = decoded.raster().getWidth();
        samples = new int[Math.multiplyExact(across, decoded.raster().getNumBands())];
        color = new byte[Math.multiplyExact(across, colors.channels())];
        alpha = decoded.hasAlpha() ? new byte[across] : null;
        channels = conversion == null && colors.channels() == 1 ? 1 : 3;
        converted = new byte[Math.multiplyExact(across, channels)];
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int channels() {
        return channels;
    }

    @Override
    public void read(int y, byte[] row) {
        int across = decoded.raster().getWidth();
        int down = y - decoded.top();
        boolean whole = decoded.left() == 0 && across == width;
        if (!whole || down < 0 || down >= decoded.raster().getHeight()) {
            fillOutside(row);
        }
        if (down < 0 || down >= decoded.raster().getHeight()) {
            return;
        }
        decoded.raster().getPixels(decoded.raster().getMinX(), decoded.raster().getMinY() + down, across, 1, samples);
        colors.read(samples, color, alpha);
        convert(across);
        if (alpha != null) {
            layOnWhite(across, alpha);
        }
        int from = Math.max(0, -decoded.left());
        int to = Math.min(across, width - decoded.left());
        if (from < to) {
            System.arraycopy(
                    converted, from * channels, row, (decoded.left() + from) * channels, (to - from) * channels);
        }
    }

    private void fillOutside(byte[] row) {
        if (channels == 1 || decoded.outside() == Decoded.WHITE) {
            Arrays.fill(row, 0, width * channels, (byte) decoded.outside());
            return;
        }
        for (int x = 0; x < width; x++) {
            row[3 * x] = (byte) (decoded.outside() >> 16);
            row[3 * x + 1] = (byte) (decoded.outside() >> 8);
            row[3 * x + 2] = (byte) decoded.outside();
        }
    }

    private void convert(int across) {
        if (conversion != null) {
            conversion.convert(color, converted, across);
        } else if (colors.channels() == 4) {
            inksToRgb(across);
        } else {
            System.arraycopy(color, 0, converted, 0, across * channels);
        }
    }

    /** Without a profile, each ink takes its colour's light from the white that black leaves. */
    private void inksToRgb(int across) {
        for (int x = 0; x < across; x++) {
            int light = 255 - (color[4 * x + 3] & 0xff);
            for (int c = 0; c < 3; c++) {
                converted[3 * x + c] = (byte) (light - share(color[4 * x + c] & 0xff, light));
            }
        }
    }

    private void layOnWhite(int across, byte[] alpha) {
        for (int x = 0; x < across; x++) {
            int opaque = alpha[x] & 0xff;
            for (int i = x * channels; i < (x + 1) * channels; i++) {
                converted[i] = (byte) (255 - share(255 - (converted[i] & 0xff), opaque));
            }
        }
    }

    /** {@return {@code value * part / 255}, rounded} */
    private static int share(int value, int part) {
        return (value * part + 127) / 255;
    }
}
