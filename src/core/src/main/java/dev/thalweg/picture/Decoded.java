package dev.thalweg.picture;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a decoder gives: samples as they are stored, without any conversion of colour. A last band beyond the layout's
 * is alpha.
 *
 * @param raster the samples
 * @param layout what they mean
 * @param palette their colours where they are indices
 * @param premultiplied whether colours are multiplied by alpha already
 * @param left where the samples lie in the whole picture
 * @param top where the samples lie in the whole picture
 * @param outside the colour where there are no samples, as red, green, blue
 */
public record Decoded(
        Raster raster,
        Layout layout,
        Optional<IndexColorModel> palette,
        boolean premultiplied,
        int left,
        int top,
        int outside) {
    /** The background on which transparent pictures are laid. */
    public static final int WHITE = 0xffffff;

    /** What samples mean. */
    public enum Layout {
        /** Levels of grey. */
        GREY(1),
        /** Red, green and blue. */
        RGB(3),
        /** JFIF's luma and chroma. */
        YCBCR(3),
        /** Inks: 255 is full. */
        CMYK(4),
        /** Inks as Adobe stores them in JPEG: 255 is none. */
        INVERTED_CMYK(4),
        /** YCbCr of the inverted inks of {@link #INVERTED_CMYK}, and black. */
        YCCK(4),
        /** Indices of a palette. */
        PALETTE(1);

        private final int bands;

        Layout(int bands) {
            this.bands = bands;
        }

        /** {@return bands of colour} */
        int bands() {
            return bands;
        }
    }

    static Decoded of(Raster raster, Layout layout) {
        return new Decoded(raster, layout, Optional.empty(), false, 0, 0, WHITE);
    }

    /**
     * {@return the samples of an image; its colour space does not matter, for no decoder used here has converted to it}
     *
     * @param image what a decoder gave
     * @throws IOException if its samples are of a kind that is not read
     */
    public static Decoded of(BufferedImage image) throws IOException {
        ColorModel colors = image.getColorModel();
        int[] bits = image.getSampleModel().getSampleSize();
        int type = image.getSampleModel().getDataType();
        boolean whole = type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT || type == DataBuffer.TYPE_INT;
        if (!whole || Arrays.stream(bits).anyMatch(wide -> wide < 1 || wide > 16)) {
            throw new IOException("samples of " + Arrays.toString(bits) + " bits"
                    + (whole ? "" : ", signed or floating")
                    + ", expected whole numbers of 1 to 16 bits");
        }
        if (colors instanceof IndexColorModel palette) {
            return new Decoded(image.getRaster(), Layout.PALETTE, Optional.of(palette), false, 0, 0, WHITE);
        }
        Layout layout = switch (colors.getNumColorComponents()) {
            case 1 -> Layout.GREY;
            case 3 -> Layout.RGB;
            case 4 -> Layout.CMYK;
            default -> throw new IOException(colors.getNumColorComponents() + " colour components, expected 1, 3 or 4");
        };
        return new Decoded(image.getRaster(), layout, Optional.empty(), colors.isAlphaPremultiplied(), 0, 0, WHITE);
    }

    /**
     * {@return the same samples elsewhere in the picture}
     *
     * @param newLeft where they lie
     * @param newTop where they lie
     * @param newOutside the colour where there are none
     */
    public Decoded at(int newLeft, int newTop, int newOutside) {
        return new Decoded(raster, layout, palette, premultiplied, newLeft, newTop, newOutside);
    }

    /** {@return whether there is alpha beside the colours} */
    boolean hasAlpha() {
        return raster.getNumBands() > layout.bands()
                || palette.filter(ColorModel::hasAlpha).isPresent();
    }
}
