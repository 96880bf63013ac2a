package dev.thalweg.data;

import dev.thalweg.format.BadFileException;
import dev.thalweg.tensor.Shape;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Picture files and bytes {@code [C, H, W]}. */
final class Pictures {
    /**
     * What a picture says of itself before it is decoded.
     *
     * @param format its name, such as {@code PNG}
     * @param width in pixels, as it is seen
     * @param height in pixels, as it is seen
     */
    record Header(String format, int width, int height) {
    }

    private Pictures() {
    }

    /**
     * Reads what a file says of itself. Its content decides, not its name.
     *
     * @param file which
     * @return nothing if it is no picture of a known format
     * @throws IOException if it cannot be read
     * @throws BadFileException if it is a picture and its header is damaged
     */
    static Optional<Header> header(Path file) throws IOException {
        try (ImageInputStream stream = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
            if (!readers.hasNext()) {
                return Optional.empty();
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(stream, true, true);
                return Optional.of(new Header(reader.getFormatName(), reader.getWidth(0), reader.getHeight(0)));
            } catch (IOException | RuntimeException e) {
                throw new BadFileException(file, "the picture's header is damaged: " + e.getMessage(), e);
            } finally {
                reader.dispose();
            }
        }
    }

    /**
     * Reads a picture, brings it to a size and writes its bytes.
     *
     * @param file which
     * @param shape the size wanted, {@code [C, H, W]} with 1 or 3 channels
     * @param resize what is done where it has another size
     * @param target receives {@code [C, H, W]}
     * @throws IOException if the file cannot be read
     * @throws BadFileException if it is no picture or damaged
     */
    static void write(Path file, Shape shape, Resize resize, MemorySegment target) throws IOException {
        BufferedImage image = read(file);
        int width = shape.dim(2);
        int height = shape.dim(1);
        if (resize == Resize.STRETCH || image.getWidth() == width && image.getHeight() == height) {
            write(image, shape, target);
            return;
        }
        double across = (double) width / image.getWidth();
        double down = (double) height / image.getHeight();
        double factor = resize == Resize.CROP ? Math.max(across, down) : Math.min(across, down);
        int scaledWidth = (int) Math.max(1, Math.round(image.getWidth() * factor));
        int scaledHeight = (int) Math.max(1, Math.round(image.getHeight() * factor));
        BufferedImage placed = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = placed.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, width, height);
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        graphics.drawImage(image, (width - scaledWidth) / 2, (height - scaledHeight) / 2, scaledWidth, scaledHeight, null);
        graphics.dispose();
        write(placed, shape, target);
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
