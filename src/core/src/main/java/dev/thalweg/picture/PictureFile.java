package dev.thalweg.picture;

import dev.thalweg.files.FileNames;
import dev.thalweg.io.BadFileException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads picture files: PNG, JPEG, GIF, BMP, TIFF, WebP and Netpbm's, recognized by their content.
 *
 * <p>What comes out is what Pillow 9.4 gives with {@code ImageOps.exif_transpose}, {@code ImageCms} to sRGB, alpha
 * laid on white, 16 bits shortened to 8, {@code convert} to RGB or L, and {@code resize} with {@code BILINEAR}: equal
 * to a level where nothing is scaled, to three in JPEG; lossy WebP, whose decoder filters differently, by 35 dB at
 * least. Of several pictures in a file the first counts. An orientation or profile that is told by XMP alone is not
 * seen. Pictures of more pixels than {@value DecodingLimits#MEGAPIXELS_PROPERTY} says are refused.
 */
public final class PictureFile {
    private PictureFile() {}

    /**
     * What a picture says of itself.
     *
     * @param format its name
     * @param width in pixels, upright
     * @param height in pixels, upright
     */
    public record Header(String format, int width, int height) {}

    /** Tells where a picture of a size comes to lie. */
    @FunctionalInterface
    public interface Placing {
        /**
         * Places a picture.
         *
         * @param width of the picture, upright
         * @param height of the picture, upright
         * @return its place in the target
         */
        Scaling place(int width, int height);
    }

    /**
     * Reads a header.
     *
     * @param bytes of the file
     * @return nothing if it is no picture of a known format
     * @throws IOException if it cannot be read
     * @throws BadFileException if there is no such file, its header is damaged, or it has too many pixels
     */
    public static Optional<Header> header(PictureBytes bytes) throws IOException {
        Path path = bytes.path();
        try (FileRanges file = bytes.open()) {
            Optional<PictureFormat> format = PictureFormat.of(head(file));
            if (format.isEmpty()) {
                return Optional.empty();
            }
            PictureHeader header = read(path, file, format.get());
            boolean transposed = header.orientation().transposed();
            return Optional.of(new Header(
                    format.get().name(),
                    transposed ? header.height() : header.width(),
                    transposed ? header.width() : header.height()));
        }
    }

    /**
     * Reads a picture to a size.
     *
     * @param bytes of the file
     * @param channels 1 for grey (luma of ITU-R BT.601), 3 for red, green and blue
     * @param width wanted
     * @param height wanted
     * @param placing where the picture comes to lie
     * @return {@code [C, H, W]}; white where the picture leaves a rest
     * @throws IOException if it cannot be read
     * @throws BadFileException if there is no such file, it is no picture, damaged, or has too many pixels
     */
    public static byte[] read(PictureBytes bytes, int channels, int width, int height, Placing placing)
            throws IOException {
        Path path = bytes.path();
        try (FileRanges file = bytes.open()) {
            PictureFormat format = PictureFormat.of(head(file))
                    .orElseThrow(() -> new BadFileException(
                            path,
                            "is no picture that can be read; expected " + Arrays.toString(PictureFormat.values())));
            PictureHeader header = read(path, file, format);
            try (DecodingLimits.Claim _ = DecodingLimits.claim(header.width(), header.height())) {
                return read(path, file, format, header, channels, width, height, placing);
            }
        }
    }

    private static byte[] read(
            Path path,
            FileRanges file,
            PictureFormat format,
            PictureHeader header,
            int channels,
            int width,
            int height,
            Placing placing)
            throws IOException {
        Decoded decoded;
        try {
            decoded = header.decode(file);
        } catch (OutOfMemoryError e) {
            throw tooLarge(path, format, header, e);
        } catch (IOException | RuntimeException | AssertionError e) {
            if (e.getCause() instanceof OutOfMemoryError full) {
                throw tooLarge(path, format, header, full);
            }
            // Decoders answer damaged files with exceptions about indices or missing tables too.
            throw damaged(path, format, "the picture", e);
        }
        PictureRows stored = new SrgbRows(header.width(), header.height(), decoded, header.profile());
        PictureRows rows = header.orientation().apply(PictureImage.inChannels(stored, channels));
        return PictureImage.planes(rows, channels, width, height, placing);
    }

    private static byte[] head(FileRanges file) throws IOException {
        byte[] head = file.readBytes(Math.min(file.length(), PictureFormat.HEAD), PictureFormat.HEAD, "beginning");
        file.seek(0);
        return head;
    }

    private static PictureHeader read(Path path, FileRanges file, PictureFormat format) throws IOException {
        PictureFormat.HeaderReader reader =
                format.reader().orElseThrow(() -> PicturesArtifact.absent(path, "a " + format + " picture"));
        PictureHeader header;
        try {
            header = reader.read(file);
        } catch (IOException | RuntimeException e) {
            throw damaged(path, format, "the header", e);
        }
        long pixels = Math.multiplyFull(header.width(), header.height());
        if (pixels > DecodingLimits.mostPixels()) {
            throw new BadFileException(
                    path,
                    "a " + format + " picture of " + header.width() + "x" + header.height()
                            + " pixels, expected at most " + DecodingLimits.mostPixels() + "; the system property "
                            + DecodingLimits.MEGAPIXELS_PROPERTY + " allows more");
        }
        return header;
    }

    private static BadFileException tooLarge(
            Path path, PictureFormat format, PictureHeader header, OutOfMemoryError e) {
        return new BadFileException(
                path,
                "a " + format + " picture of " + header.width() + "x" + header.height()
                        + " pixels, which takes about "
                        + (DecodingLimits.bytes(header.width(), header.height()) >> 20)
                        + " MiB of the heap to decode; there are "
                        + (Runtime.getRuntime().maxMemory() >> 20)
                        + ", for all that is done at a time: allow more (-Xmx)",
                e);
    }

    private static BadFileException damaged(Path path, PictureFormat format, String part, Throwable e)
            throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            // Its channel is closed under a thread that is interrupted: that says nothing of the file.
            throw new InterruptedIOException("interrupted while reading " + FileNames.text(path));
        }
        String problem =
                e instanceof EOFException && e.getMessage() == null ? "it is cut off" : String.valueOf(e.getMessage());
        return new BadFileException(path, part + " of this " + format + " file is damaged: " + problem, e);
    }
}
