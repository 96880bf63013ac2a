package dev.thalweg.data;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** A folder of pictures for tests, each of one colour. */
public record PictureFolder(Path path) {
    /** Writes a picture; a suffix that is no format gives PNG. */
    public PictureFolder with(String name, int width, int height, int rgb) throws IOException {
        return with(
                name,
                bytes(
                        name.endsWith(".jpg")
                                ? "jpg"
                                : name.endsWith(".gif") ? "gif" : name.endsWith(".bmp") ? "bmp" : "png",
                        width,
                        height,
                        rgb));
    }

    public PictureFolder with(String name, byte[] content) throws IOException {
        Path file = path.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        return this;
    }

    public PictureFolder with(String name, String text) throws IOException {
        return with(name, text.getBytes());
    }

    /** Pictures {@code class/0.png} and so on, 6 wide and 4 high; each blue channel is another. */
    public PictureFolder withClass(String name, int count, int rgb) throws IOException {
        for (int i = 0; i < count; i++) {
            with(name + "/" + i + ".png", 6, 4, rgb | i);
        }
        return this;
    }

    /** Cuts a file in half. */
    public PictureFolder halve(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(path.resolve(name));
        return with(name, Arrays.copyOf(bytes, bytes.length / 2));
    }

    /** A PNG with a sound header whose samples cannot be inflated. */
    public PictureFolder withDamaged(String name) throws IOException {
        BufferedImage noise = new BufferedImage(6, 4, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 24; i++) {
            noise.setRGB(i % 6, i / 6, i * 0x9E3779B1);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(noise, "png", bytes);
        byte[] png = bytes.toByteArray();
        // The samples' own header, behind the signature, IHDR and the frame of IDAT.
        Arrays.fill(png, 41, 51, (byte) 0);
        return with(name, png);
    }

    private static byte[] bytes(String format, int width, int height, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(new Color(rgb));
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, format, bytes)) {
            throw new IOException("no writer of " + format);
        }
        return bytes.toByteArray();
    }
}
