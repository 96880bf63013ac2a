package dev.thalweg.spark;

import dev.thalweg.data.ImageDataset;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Pictures of shapes as a user has his own: a folder for each class. */
public final class ShapeFolders {
    private ShapeFolders() {}

    public static void write(ImageDataset data, Path folder) throws IOException {
        for (int i = 0; i < data.size(); i++) {
            MemorySegment pixels = data.pixels(i);
            BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
            for (int p = 0; p < 1024; p++) {
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    rgb = rgb << 8 | pixels.get(ValueLayout.JAVA_BYTE, c * 1024 + p) & 0xff;
                }
                image.setRGB(p % 32, p / 32, rgb);
            }
            Path of = Files.createDirectories(folder.resolve(data.classNames().get(data.label(i))));
            ImageIO.write(image, "png", of.resolve(i + ".png").toFile());
        }
    }
}
