package dev.thalweg.picture;

import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Converts rows of 8-bit colours from an embedded ICC profile to sRGB, with perceptual intent, by the JDK's LittleCMS.
 */
final class IccConversion {
    /** Colours at which a profile is tried out along each axis. */
    private static final int PROBES = 9;

    /** As LittleCMS defines it: the JDK's own has its curve as a table, whose roundings are seen. */
    private static final ICC_Profile SRGB = load("srgb.icc");

    private final int channels;
    private final ColorConvertOp operation;

    private IccConversion(int channels, ColorConvertOp operation) {
        this.channels = channels;
        this.operation = operation;
    }

    private static ICC_Profile load(String name) {
        try (InputStream resource = IccConversion.class.getResourceAsStream(name)) {
            return ICC_Profile.getInstance(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes a conversion.
     *
     * @param data the embedded profile
     * @param channels of the colours: 1, 3 or 4
     * @return nothing where there is nothing to convert: the profile is sRGB's, is damaged, or is for other colours
     *         than these
     */
    static Optional<IccConversion> of(byte[] data, int channels) {
        try {
            ICC_Profile embedded = ICC_Profile.getInstance(asDisplay(data));
            int expected =
                    channels == 1 ? ColorSpace.TYPE_GRAY : channels == 3 ? ColorSpace.TYPE_RGB : ColorSpace.TYPE_CMYK;
            if (embedded.getColorSpaceType() != expected) {
                return Optional.empty();
            }
            ICC_Profile[] way = {embedded, SRGB};
            IccConversion conversion = new IccConversion(channels, new ColorConvertOp(way, null));
            // Whether the profile can be used at all shows when it is.
            conversion.convert(new byte[channels], new byte[3], 1);
            return conversion.changesNothing() ? Optional.empty() : Optional.of(conversion);
        } catch (IllegalArgumentException | CMMException e) {
            return Optional.empty();
        }
    }

    /**
     * A printer's profile would be used with colorimetric intent by the JDK, whatever it says itself; a display's is
     * used with perceptual intent, and nothing else depends on the class.
     */
    private static byte[] asDisplay(byte[] data) {
        byte[] copy = data.clone();
        if (copy.length >= ICC_Profile.icHdrDeviceClass + Integer.BYTES) {
            for (int i = 0; i < Integer.BYTES; i++) {
                copy[ICC_Profile.icHdrDeviceClass + i] = (byte) (ICC_Profile.icSigDisplayClass >> 24 - 8 * i);
            }
        }
        return copy;
    }

    /** Most profiles are sRGB's, in many spellings: what differs by a rounding on a grid of colours is taken for it. */
    private boolean changesNothing() {
        if (channels != 3) {
            return false;
        }
        byte[] tried = new byte[PROBES * PROBES * PROBES * 3];
        for (int i = 0; i < tried.length / 3; i++) {
            tried[3 * i] = (byte) (i % PROBES * 255 / (PROBES - 1));
            tried[3 * i + 1] = (byte) (i / PROBES % PROBES * 255 / (PROBES - 1));
            tried[3 * i + 2] = (byte) (i / PROBES / PROBES * 255 / (PROBES - 1));
        }
        byte[] converted = new byte[tried.length];
        convert(tried, converted, tried.length / 3);
        for (int i = 0; i < tried.length; i++) {
            if (Math.abs((tried[i] & 0xff) - (converted[i] & 0xff)) > 1) {
                return false;
            }
        }
        return true;
    }

    /**
     * Converts a row.
     *
     * @param source {@code [width, channels]}
     * @param target receives {@code [width, 3]}
     * @param width how many pixels
     */
    void convert(byte[] source, byte[] target, int width) {
        operation.filter(row(source, width, channels), row(target, width, 3));
    }

    private static WritableRaster row(byte[] data, int width, int channels) {
        int[] offsets = new int[channels];
        for (int i = 0; i < channels; i++) {
            offsets[i] = i;
        }
        DataBuffer buffer = new DataBufferByte(data, data.length);
        return Raster.createInterleavedRaster(buffer, width, 1, width * channels, channels, offsets, null);
    }
}
