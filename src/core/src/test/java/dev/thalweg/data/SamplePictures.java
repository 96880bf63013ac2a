package dev.thalweg.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Small pictures of noise in every format that the JDK writes, made without Pillow. */
final class SamplePictures {
    private static final int WIDTH = 24;
    private static final int HEIGHT = 17;

    private SamplePictures() {}

    /** {@return files by their names} */
    static Map<String, byte[]> all() throws IOException {
        BufferedImage noise = noise();
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("noise.png", written(noise, "png", false));
        files.put("noise.jpg", written(noise, "jpg", false));
        files.put("progressive.jpg", written(noise, "jpg", true));
        files.put("noise.gif", written(noise, "gif", false));
        files.put("noise.bmp", written(noise, "bmp", false));
        files.put("noise.tif", written(noise, "tiff", false));
        files.put("noise.ppm", netpbm(noise));
        return files;
    }

    private static BufferedImage noise() {
        BufferedImage noise = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(4);
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            noise.setRGB(i % WIDTH, i / WIDTH, random.nextInt(1 << 24));
        }
        return noise;
    }

    /** {@return a TIFF file of which each strip is a JPEG} */
    static byte[] jpegWithinTiff() throws IOException {
        return written(noise(), "tiff", "JPEG");
    }

    private static byte[] written(BufferedImage image, String format, boolean progressive) throws IOException {
        return written(image, format, progressive ? "progressive" : null);
    }

    private static byte[] written(BufferedImage image, String format, String compression) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(stream);
            ImageWriteParam parameters = writer.getDefaultWriteParam();
            if ("progressive".equals(compression)) {
                parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            } else if (compression != null) {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionType(compression);
            }
            writer.write(null, new IIOImage(image, null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static byte[] netpbm(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(("P6\n" + WIDTH + " " + HEIGHT + "\n255\n").getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            int rgb = image.getRGB(i % WIDTH, i / WIDTH);
            bytes.write(rgb >> 16);
            bytes.write(rgb >> 8);
            bytes.write(rgb);
        }
        return bytes.toByteArray();
    }
}
