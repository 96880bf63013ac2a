package dev.thalweg.picture;

import dev.thalweg.picture.Decoded.Layout;
import java.awt.image.IndexColorModel;
import org.jspecify.annotations.Nullable;

/**
 * The colours that stored samples stand for, before profile and background: 8 bits of grey, red green blue, or inks.
 */
final class SampleColors {
    private final Layout layout;
    private final int bands;
    private final int[] bits;
    private final boolean premultiplied;
    /** Red, green, blue, alpha of each index; none where samples are no indices. */
    private final byte[][] palette;

    SampleColors(Decoded decoded) {
        layout = decoded.layout();
        bands = decoded.raster().getNumBands();
        bits = decoded.raster().getSampleModel().getSampleSize();
        premultiplied = decoded.premultiplied();
        palette = decoded.palette().map(SampleColors::palette).orElse(new byte[0][]);
    }

    private static byte[][] palette(IndexColorModel colors) {
        byte[][] all = new byte[4][1 << colors.getPixelSize()];
        colors.getReds(all[0]);
        colors.getGreens(all[1]);
        colors.getBlues(all[2]);
        colors.getAlphas(all[3]);
        return all;
    }

    /** {@return 1 for grey, 3 for red, green and blue, 4 for inks, of which 0 is none} */
    int channels() {
        return layout == Layout.PALETTE ? 3 : layout.bands();
    }

    /**
     * Computes a row.
     *
     * @param samples {@code [W, bands]}; overwritten
     * @param color receives {@code [W, channels]}
     * @param alpha receives {@code [W]}; null where there is none
     */
    void read(int[] samples, byte[] color, byte @Nullable [] alpha) {
        int width = samples.length / bands;
        if (layout == Layout.PALETTE) {
            readPalette(samples, color, alpha);
            return;
        }
        shorten(samples);
        int colors = layout.bands();
        for (int x = 0; x < width; x++) {
            int at = x * bands;
            if (alpha != null) {
                alpha[x] = (byte) samples[at + colors];
                if (premultiplied) {
                    divide(samples, at, colors);
                }
            }
            switch (layout) {
                case YCBCR -> Yuv.toRgb(samples, at);
                case YCCK -> {
                    // Stored are the inverted inks, as YCbCr of what inverts them once more: inverted twice, they are
                    // the inks.
                    Yuv.toRgb(samples, at);
                    samples[at + 3] = 255 - samples[at + 3];
                }
                case INVERTED_CMYK -> {
                    for (int i = at; i < at + 4; i++) {
                        samples[i] = 255 - samples[i];
                    }
                }
                default -> {}
            }
            for (int c = 0; c < colors; c++) {
                color[x * colors + c] = (byte) samples[at + c];
            }
        }
    }

    private void readPalette(int[] samples, byte[] color, byte @Nullable [] alpha) {
        for (int x = 0; x < samples.length; x++) {
            int index = samples[x];
            color[3 * x] = palette[0][index];
            color[3 * x + 1] = palette[1][index];
            color[3 * x + 2] = palette[2][index];
            if (alpha != null) {
                alpha[x] = palette[3][index];
            }
        }
    }

    /** Makes samples of any width 8 bits wide. */
    private void shorten(int[] samples) {
        for (int band = 0; band < bands; band++) {
            int wide = bits[band];
            if (wide == 8) {
                continue;
            }
            int greatest = (1 << wide) - 1;
            for (int i = band; i < samples.length; i += bands) {
                samples[i] = wide > 8 ? samples[i] >> (wide - 8) : samples[i] * 255 / greatest;
            }
        }
    }

    private static void divide(int[] samples, int at, int colors) {
        int opaque = samples[at + colors];
        for (int i = at; i < at + colors; i++) {
            samples[i] = opaque == 0 ? 0 : Math.min(255, samples[i] * 255 / opaque);
        }
    }
}
