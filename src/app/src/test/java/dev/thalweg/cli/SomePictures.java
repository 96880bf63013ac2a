package dev.thalweg.cli;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Folders of pictures to try commands on. */
final class SomePictures {
    private SomePictures() {}

    /** Twenty dark and twenty light pictures. */
    static Path darkAndLight(Path place) throws IOException {
        Random random = new Random(1);
        for (String name : List.of("dark", "light")) {
            Path folder = Files.createDirectories(place.resolve(name));
            for (int i = 0; i < 20; i++) {
                BufferedImage image = new BufferedImage(12, 10, BufferedImage.TYPE_INT_RGB);
                Graphics2D graphics = image.createGraphics();
                int level = (name.equals("dark") ? 20 : 180) + random.nextInt(50);
                graphics.setColor(new Color(level, level, level));
                graphics.fillRect(0, 0, 12, 10);
                graphics.dispose();
                ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
            }
        }
        return place;
    }
}
