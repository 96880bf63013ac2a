package dev.thalweg.data;

import dev.thalweg.format.BadFileException;
import dev.thalweg.tensor.Shape;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Picture files and bytes {@code [C, H, W]}. */
final class Pictures {
    private Pictures() {
    }

    static BufferedImage read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new BadFileException(file, "there is no such file");
        }
        BufferedImage image;
        try {
            image = ImageIO.read(file.toFile());
        } catch (IOException | RuntimeException e) {
            // Some decoders answer damaged files with exceptions about indices or missing tables.
            throw new BadFileException(file, "the picture is damaged: " + e.getMessage(), e);
        }
        if (image == null) {
            throw new BadFileException(file, "is no picture that can be read; expected PNG, JPEG, GIF or BMP");
        }
        return image;
    }

    /** Scales a picture, if it has another size, and writes its bytes: red, green, blue, or grey where one channel is wanted. */
    static void write(BufferedImage image, Shape shape, MemorySegment target) {
        int height = shape.dim(1);
        int width = shape.dim(2);
        BufferedImage scaled = scale(image, width, height);
        int plane = height * width;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int rgb = scaled.getRGB(x, y);
                int red = rgb >> 16 & 0xff;
                int green = rgb >> 8 & 0xff;
                int blue = rgb & 0xff;
                int at = y * width + x;
                if (shape.dim(0) == 1) {
                    // Luma of ITU-R BT.601.
                    target.set(ValueLayout.JAVA_BYTE, at, (byte) Math.round(0.299f * red + 0.587f * green + 0.114f * blue));
                } else {
                    target.set(ValueLayout.JAVA_BYTE, at, (byte) red);
                    target.set(ValueLayout.JAVA_BYTE, at + plane, (byte) green);
                    target.set(ValueLayout.JAVA_BYTE, at + 2L * plane, (byte) blue);
                }
            }
        }
    }

    private static BufferedImage scale(BufferedImage image, int width, int height) {
        if (image.getWidth() == width && image.getHeight() == height) {
            return image;
        }
        BufferedImage scaled = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = scaled.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(image, 0, 0, width, height, null);
        graphics.dispose();
        return scaled;
    }
}
