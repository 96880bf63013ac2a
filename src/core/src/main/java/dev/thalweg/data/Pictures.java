package dev.thalweg.data;

import dev.thalweg.io.BadFileException;
import dev.thalweg.picture.PictureBytes;
import dev.thalweg.picture.PictureFile;
import dev.thalweg.picture.PictureImage;
import dev.thalweg.picture.Scaling;
import dev.thalweg.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Picture files and images as bytes {@code [C, H, W]}. */
final class Pictures {
    /**
     * What a picture says of itself before it is decoded.
     *
     * @param format its name, such as {@code PNG}
     * @param width in pixels, as it is seen
     * @param height in pixels, as it is seen
     */
    record Header(String format, int width, int height) {}

    private Pictures() {}

    /**
     * Reads what a file says of itself. Its content decides, not its name.
     *
     * @param file which
     * @return nothing if it is no picture of a known format
     * @throws IOException if it cannot be read
     * @throws BadFileException if it is a picture and its header is damaged, or it has too many pixels
     */
    static Optional<Header> header(PictureBytes file) throws IOException {
        return PictureFile.header(file).map(header -> new Header(header.format(), header.width(), header.height()));
    }

    /** Reads what a file of its own says of itself. */
    static Optional<Header> header(Path file) throws IOException {
        return header(PictureBytes.of(file));
    }

    /** Reads a file of its own and brings it to a size. */
    static byte[] read(Path file, Shape shape, Resize resize) throws IOException {
        return read(PictureBytes.of(file), shape, resize);
    }

    /**
     * Reads a picture and brings it to a size.
     *
     * @param file which
     * @param shape the size wanted, {@code [C, H, W]} with 1 or 3 channels
     * @param resize what is done where it has another size
     * @return its bytes, {@code [C, H, W]}
     * @throws IOException if the file cannot be read
     * @throws BadFileException if it is no picture, damaged, or has too many pixels
     */
    static byte[] read(PictureBytes file, Shape shape, Resize resize) throws IOException {
        return PictureFile.read(file, channels(shape), shape.dim(2), shape.dim(1), placing(shape, resize));
    }

    /**
     * Brings an image to a size.
     *
     * @param image which
     * @param shape the size wanted, {@code [C, H, W]} with 1 or 3 channels
     * @param resize what is done where it has another size
     * @return its bytes, {@code [C, H, W]}
     */
    static byte[] of(BufferedImage image, Shape shape, Resize resize) {
        return PictureImage.read(image, channels(shape), shape.dim(2), shape.dim(1), placing(shape, resize));
    }

    private static int channels(Shape shape) {
        int channels = shape.dim(0);
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("pictures have 1 or 3 channels, got the shape " + shape);
        }
        return channels;
    }

    private static PictureFile.Placing placing(Shape shape, Resize resize) {
        int height = shape.dim(1);
        int width = shape.dim(2);
        return (w, h) -> switch (resize) {
            case CROP -> Scaling.cover(w, h, width, height);
            case PAD -> Scaling.fit(w, h, width, height);
            case STRETCH -> Scaling.stretch(width, height);
        };
    }
}
