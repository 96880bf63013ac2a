package dev.thalweg.report;

import dev.thalweg.data.ImageDataset;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import javax.imageio.ImageIO;

/** Pictures of a data set as something to look at. */
final class PictureFiles {
    private PictureFiles() {
    }

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
