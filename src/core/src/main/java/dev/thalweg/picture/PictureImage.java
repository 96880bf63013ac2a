package dev.thalweg.picture;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** Images in memory, treated as pictures in files are. */
public final class PictureImage {
    private PictureImage() {}

    /**
     * Brings an image to a size.
     *
     * @param image of any kind whose samples are whole numbers of at most 16 bits
     * @param channels 1 for grey (luma of ITU-R BT.601), 3 for red, green and blue
     * @param width wanted
     * @param height wanted
     * @param placing where the image comes to lie
     * @return {@code [C, H, W]}; white where the image leaves a rest or is transparent
     * @throws IllegalArgumentException if its samples are of another kind
     */
    public static byte[] read(BufferedImage image, int channels, int width, int height, PictureFile.Placing placing) {
        Decoded decoded;
        try {
            decoded = Decoded.of(image);
        } catch (IOException e) {
            throw new IllegalArgumentException("an image has " + e.getMessage(), e);
        }
        return planes(
                inChannels(new SrgbRows(image.getWidth(), image.getHeight(), decoded, profile(image)), channels),
                channels,
                width,
                height,
                placing);
    }

    /** Grey stays the grey it is, as in files. */
    private static Optional<byte[]> profile(BufferedImage image) {
        return image.getColorModel().getColorSpace() instanceof ICC_ColorSpace colors
                        && !colors.isCS_sRGB()
                        && colors.getType() != ColorSpace.TYPE_GRAY
                ? Optional.of(colors.getProfile().getData())
                : Optional.empty();
    }

    /** {@return the rows in grey, if that is wanted} */
    static PictureRows inChannels(PictureRows rows, int channels) {
        return channels == 1 ? GreyRows.of(rows) : rows;
    }

    /** Scales rows to planes; grey becomes three equal planes where so many are wanted. */
    static byte[] planes(PictureRows upright, int channels, int width, int height, PictureFile.Placing placing) {
        byte[] planes = new byte[Math.multiplyExact(Math.multiplyExact(channels, height), width)];
        Arrays.fill(planes, (byte) Decoded.WHITE);
        Scaler.scale(upright, placing.place(upright.width(), upright.height()), width, height, planes);
        int plane = width * height;
        for (int c = upright.channels(); c < channels; c++) {
            System.arraycopy(planes, 0, planes, c * plane, plane);
        }
        return planes;
    }
}
