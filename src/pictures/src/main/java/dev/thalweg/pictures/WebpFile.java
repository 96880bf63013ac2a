package dev.thalweg.pictures;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import dev.thalweg.picture.Decoded;
import dev.thalweg.picture.Exif;
import dev.thalweg.picture.FileRanges;
import dev.thalweg.picture.ImageIoDecoder;
import dev.thalweg.picture.Orientation;
import dev.thalweg.picture.PictureHeader;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/**
 * A WebP file (RFC 9649); of a moving picture, the first one. Decoded by TwelveMonkeys' plug-in.
 *
 * @param width of the whole picture
 * @param height of the whole picture
 * @param left where the first frame lies in it
 * @param top where the first frame lies in it
 * @param lossy whether the first frame's colours are stored for four pixels together
 * @param orientation by its EXIF data
 * @param profile of its {@code ICCP} chunk, if it has one
 */
record WebpFile(
        int width, int height, int left, int top, boolean lossy, Orientation orientation, Optional<byte[]> profile)
        implements PictureHeader {
    /** What the plug-in merely warns of. */
    private static final List<String> DAMAGE =
            List.of("alpha not implemented", "Unknown WebP alpha", "Nothing to decode");

    static WebpFile read(FileRanges file) throws IOException {
        return new Parser(file).parse();
    }

    @Override
    public Decoded decode(FileRanges file) throws IOException {
        ImageReader decoder = new WebPImageReaderSpi().createReaderInstance(null);
        BufferedImage image = ImageIoDecoder.read(decoder, file, DAMAGE, reader -> {
            ImageReadParam parameters = reader.getDefaultReadParam();
            // The type that keeps colours as they are stored.
            parameters.setDestinationType(reader.getRawImageType(0));
            return reader.read(0, parameters);
        });
        if (lossy) {
            WebpChroma.smooth(image.getRaster());
        }
        return Decoded.of(image).at(left, top, Decoded.WHITE);
    }

    /** Walks over the chunks. */
    private static final class Parser {
        private static final int FIRST_CHUNK = 12;
        private static final int CHUNK = 8;
        /** A flag of {@code VP8X}. */
        private static final int MOVING = 2;

        private static final int FRAME_HEADER = 16;
        private static final int MOST_PROFILE = 1 << 24;
        /** Of these a picture may have as many as it says, blank ones take hardly a byte. */
        private static final long FEW_PIXELS = 1 << 24;
        /**
         * Of many: a lossy block of 16×16 takes at least two bits for its modes, and lossless ones that take less are
         * blank.
         */
        private static final long PIXELS_IN_BYTE = 1024;

        private static final int SIZE_BITS = 14;
        private static final int SIZE_MASK = (1 << SIZE_BITS) - 1;

        private final FileRanges file;
        private int width;
        private int height;
        private int left;
        private int top;
        /** The size that the picture, or its first frame, must have; 0 while nothing has told it. */
        private int frameWidth;

        private int frameHeight;
        private boolean moving;
        private boolean picture;
        private boolean lossy;
        private Optional<byte[]> profile = Optional.empty();
        private Orientation orientation = Orientation.UPRIGHT;

        Parser(FileRanges file) {
            this.file = file;
        }

        WebpFile parse() throws IOException {
            file.setByteOrder(ByteOrder.LITTLE_ENDIAN);
            file.seek(4);
            long end = file.readUnsignedInt() + CHUNK;
            if (end > file.length()) {
                throw new EOFException(
                        "the picture is cut off: expected " + end + " bytes, the file has " + file.length());
            }
            chunks(FIRST_CHUNK, end);
            file.setByteOrder(ByteOrder.BIG_ENDIAN);
            if (!picture || width == 0 || height == 0) {
                throw new IOException("a width of " + width + " and a height of " + height);
            }
            return new WebpFile(width, height, left, top, lossy, orientation, profile);
        }

        private void chunks(long from, long to) throws IOException {
            for (long at = from; at + CHUNK <= to; ) {
                file.setByteOrder(ByteOrder.LITTLE_ENDIAN);
                file.seek(at);
                String type = new String(file.readBytes(4, 4, "chunk"), StandardCharsets.ISO_8859_1);
                long length = file.readUnsignedInt();
                if (length > to - at - CHUNK) {
                    throw new EOFException(
                            "the chunk " + type + " at byte " + at + " is cut off: expected " + length + " bytes");
                }
                chunk(type, at + CHUNK, length);
                at += CHUNK + length + (length & 1);
            }
        }

        private void chunk(String type, long at, long length) throws IOException {
            switch (type) {
                case "VP8X" -> {
                    moving = (file.readInt() & MOVING) != 0;
                    width = threeBytes() + 1;
                    height = threeBytes() + 1;
                    if (!moving) {
                        frameWidth = width;
                        frameHeight = height;
                    }
                }
                case "VP8 " -> {
                    file.skipBytes(6);
                    picture(file.readUnsignedShort() & SIZE_MASK, file.readUnsignedShort() & SIZE_MASK, at, length);
                    lossy = true;
                }
                case "VP8L" -> {
                    file.skipBytes(1);
                    int size = file.readInt();
                    picture((size & SIZE_MASK) + 1, (size >> SIZE_BITS & SIZE_MASK) + 1, at, length);
                }
                case "ANMF" -> {
                    if (!moving) {
                        throw new IOException("a frame at byte " + at + " of a picture that does not move");
                    }
                    // The first frame alone counts.
                    if (!picture) {
                        left = 2 * threeBytes();
                        top = 2 * threeBytes();
                        frameWidth = threeBytes() + 1;
                        frameHeight = threeBytes() + 1;
                        chunks(at + FRAME_HEADER, at + length);
                    }
                }
                case "ICCP" -> profile = Optional.of(file.readBytes(length, MOST_PROFILE, "profile"));
                case "EXIF" -> {
                    // Some writers repeat the name that JPEG gives EXIF data.
                    int name = file.read() == 'E' ? 6 : 0;
                    orientation = Exif.orientation(file, at + name, length - name);
                }
                default -> {}
            }
        }

        /** Takes the size of the picture's data, which must be the one that was told. */
        private void picture(int dataWidth, int dataHeight, long at, long length) throws IOException {
            if (Math.multiplyFull(dataWidth, dataHeight) > Math.max(FEW_PIXELS, length * PIXELS_IN_BYTE)) {
                throw new IOException("a picture of " + dataWidth + "x" + dataHeight + " pixels at byte " + at + " in "
                        + length + " bytes, expected at least one byte for " + PIXELS_IN_BYTE + " of so many pixels");
            }
            if (picture || frameWidth != 0 && (dataWidth != frameWidth || dataHeight != frameHeight)) {
                throw new IOException("a picture of " + dataWidth + "x" + dataHeight + " pixels at byte " + at
                        + ", expected one of "
                        + frameWidth + "x" + frameHeight);
            }
            picture = true;
            width = Math.max(width, left + dataWidth);
            height = Math.max(height, top + dataHeight);
        }

        private int threeBytes() throws IOException {
            return file.readUnsignedShort() | file.readUnsignedByte() << 16;
        }
    }
}
