package dev.thalweg.report;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.model.ParameterSpec;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import javax.imageio.ImageIO;

/** Pictures of a data set as something to look at. */
final class PictureFiles {
    private static final int HEAT = 0xff1000;
    private static final float MOST_HEAT = 190;
    private static final int FILTERS_A_ROW = 16;
    private static final float WHITE = 255;

    private PictureFiles() {}

    static BufferedImage image(ImageDataset data, int index) {
        int channels = data.imageShape().dim(0);
        int height = data.imageShape().dim(1);
        int width = data.imageShape().dim(2);
        MemorySegment pixels = data.pixels(index);
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
     * A picture with a map over it, from nothing where it is 0 to red where it is 1; the map is stretched to its size.
     */
    static BufferedImage overlaid(BufferedImage picture, float[][] map) {
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
     * The kernels of the first convolution side by side, each stretched to all greys or colours; none where there is
     * none.
     */
    static Optional<BufferedImage> filters(Model model) {
        ParameterSpec first = model.network().parameters().stream()
                .filter(p -> p.shape().rank() == 4)
                .findFirst()
                .orElse(null);
        if (first == null || first.shape().dim(2) < 2) {
            return Optional.empty();
        }
        float[] values = Objects.requireNonNull(model.weights().get(first.name()), first.name());
        int height = first.shape().dim(2);
        int width = first.shape().dim(3);
        int columns = Math.min(FILTERS_A_ROW, first.shape().dim(0));
        int rows = (first.shape().dim(0) + columns - 1) / columns;
        BufferedImage sheet =
                new BufferedImage(columns * (width + 1) + 1, rows * (height + 1) + 1, BufferedImage.TYPE_INT_RGB);
        int size = values.length / first.shape().dim(0);
        for (int filter = 0; filter < first.shape().dim(0); filter++) {
            float[] kernel = Arrays.copyOfRange(values, filter * size, (filter + 1) * size);
            draw(
                    kernel,
                    first.shape().dim(1),
                    height,
                    width,
                    sheet,
                    1 + filter % columns * (width + 1),
                    1 + filter / columns * (height + 1));
        }
        return Optional.of(sheet);
    }

    private static void draw(
            float[] kernel, int channels, int height, int width, BufferedImage sheet, int left, int top) {
        float least = Float.POSITIVE_INFINITY;
        float most = Float.NEGATIVE_INFINITY;
        for (float value : kernel) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        float range = most > least ? most - least : 1;
        for (int i = 0; i < height * width; i++) {
            int rgb = 0;
            for (int c = 0; c < 3; c++) {
                // Of kernels for three channels each is a colour; of others the first is shown as grey.
                float value = kernel[(channels == 3 ? c : 0) * height * width + i];
                rgb = rgb << 8 | Math.round(WHITE * (value - least) / range);
            }
            sheet.setRGB(left + i % width, top + i / width, rgb);
        }
    }

    static byte[] png(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
