package dev.thalweg.picture;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
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
 * @param profile of its {@code ICCP} chunk
 */
record WebpFile(int width, int height, int left, int top, boolean lossy, Orientation orientation, byte[] profile)
        implements PictureHeader {
    static WebpFile read(FileRanges file) throws IOException {
        return new Parser(file).parse();
    }

    @Override
    public Decoded decode(FileRanges file) throws IOException {
        ImageReader decoder = new WebPImageReaderSpi().createReaderInstance(null);
        BufferedImage image = JdkDecoder.read(decoder, file, reader -> {
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
        private static final int FRAME_HEADER = 16;
        private static final int MOST_PROFILE = 1 << 24;
        private static final int SIZE_BITS = 14;
        private static final int SIZE_MASK = (1 << SIZE_BITS) - 1;

        private final FileRanges file;
        private int width;
        private int height;
        private int left;
        private int top;
        private boolean picture;
        private boolean lossy;
        private byte[] profile;
        private Orientation orientation = Orientation.UPRIGHT;

        Parser(FileRanges file) {
            this.file = file;
        }

        WebpFile parse() throws IOException {
            file.setByteOrder(ByteOrder.LITTLE_ENDIAN);
            file.seek(4);
            long end = file.readUnsignedInt() + CHUNK;
            if (end > file.length()) {
                throw new EOFException("the picture is cut off: expected " + end + " bytes, the file has " + file.length());
            }
            chunks(FIRST_CHUNK, end);
            file.setByteOrder(ByteOrder.BIG_ENDIAN);
            if (!picture || width == 0 || height == 0) {
                throw new IOException("a width of " + width + " and a height of " + height);
            }
            return new WebpFile(width, height, left, top, lossy, orientation, profile);
        }

        private void chunks(long from, long to) throws IOException {
            for (long at = from; at + CHUNK <= to;) {
                file.setByteOrder(ByteOrder.LITTLE_ENDIAN);
                file.seek(at);
                String type = new String(file.readBytes(4, 4, "chunk"), StandardCharsets.ISO_8859_1);
                long length = file.readUnsignedInt();
                if (length > to - at - CHUNK) {
                    throw new EOFException("the chunk " + type + " at byte " + at + " is cut off: expected " + length + " bytes");
                }
                chunk(type, at + CHUNK, length);
                at += CHUNK + length + (length & 1);
            }
        }

        private void chunk(String type, long at, long length) throws IOException {
            switch (type) {
                case "VP8X" -> {
                    file.readInt();
                    widen(threeBytes() + 1, threeBytes() + 1);
                }
                case "VP8 " -> {
                    file.skipBytes(6);
                    widen(left + (file.readUnsignedShort() & SIZE_MASK), top + (file.readUnsignedShort() & SIZE_MASK));
                    picture = true;
                    lossy = true;
                }
                case "VP8L" -> {
                    file.skipBytes(1);
                    int size = file.readInt();
                    widen(left + (size & SIZE_MASK) + 1, top + (size >> SIZE_BITS & SIZE_MASK) + 1);
                    picture = true;
                }
                case "ANMF" -> {
                    // The first frame alone counts.
                    if (!picture) {
                        left = 2 * threeBytes();
                        top = 2 * threeBytes();
                        widen(left + threeBytes() + 1, top + threeBytes() + 1);
                        chunks(at + FRAME_HEADER, at + length);
                    }
                }
                case "ICCP" -> profile = file.readBytes(length, MOST_PROFILE, "profile");
                case "EXIF" -> {
                    // Some writers repeat the name that JPEG gives EXIF data.
                    int name = file.read() == 'E' ? 6 : 0;
                    orientation = Exif.orientation(file, at + name, length - name);
                }
                default -> { }
            }
        }

        /** What stands out of the picture that the file promises widens it. */
        private void widen(int right, int bottom) {
            width = Math.max(width, right);
            height = Math.max(height, bottom);
        }

        private int threeBytes() throws IOException {
            return file.readUnsignedShort() | file.readUnsignedByte() << 16;
        }
    }
}
