package dev.thalweg.picture;

import dev.thalweg.tensor.Shape;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import javax.imageio.ImageIO;

/** Pictures as networks see them, as something to look at. */
public final class RenderedPicture {
    private static final int HEAT = 0xff1000;
    private static final float MOST_HEAT = 190;

    private RenderedPicture() {}

    /**
     * {@return a picture}
     *
     * @param pixels bytes {@code [C, H, W]}, row-major
     * @param shape {@code [C, H, W]}; of two channels, the second is green and blue, of more than three, the first
     *            three are shown
     */
    public static BufferedImage of(MemorySegment pixels, Shape shape) {
        int channels = shape.dim(0);
        int height = shape.dim(1);
        int width = shape.dim(2);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    long place = ((long) Math.min(c, channels - 1) * height + y) * width + x;
                    rgb = rgb << 8 | Byte.toUnsignedInt(pixels.get(ValueLayout.JAVA_BYTE, place));
                }
                image.setRGB(x, y, rgb);
            }
        }
        return image;
    }

    /**
     * {@return a picture with a map over it, from nothing where it is 0 to red where it is 1}
     *
     * @param picture any
     * @param map {@code [height][width]}, which is stretched to the picture's size
     */
    public static BufferedImage overlaid(BufferedImage picture, float[][] map) {
        BufferedImage heat = new BufferedImage(map[0].length, map.length, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < map.length; y++) {
            for (int x = 0; x < map[0].length; x++) {
                heat.setRGB(x, y, Math.round(MOST_HEAT * map[y][x]) << 24 | HEAT);
            }
        }
        BufferedImage result = new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = result.createGraphics();
        graphics.drawImage(picture, 0, 0, null);
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(heat, 0, 0, picture.getWidth(), picture.getHeight(), null);
        graphics.dispose();
        return result;
    }

    /**
     * {@return a PNG file}
     *
     * @param image what is in it
     */
    public static byte[] png(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
