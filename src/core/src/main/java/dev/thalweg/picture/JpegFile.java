package dev.thalweg.picture;

import dev.thalweg.picture.Decoded.Layout;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A JPEG file (ITU-T T.81), baseline or progressive, of 8 bits a sample. The JDK's decoder, the IJG's, gets the
 * segments that make the picture alone and gives samples without conversion. Neither it nor TwelveMonkeys' plug-in,
 * which calls it, can decode at a reduced scale (the IJG's {@code scale_denom} is not reachable), so pictures are
 * decoded whole and then scaled.
 *
 * @param width in pixels
 * @param height in pixels
 * @param layout what its samples mean
 * @param orientation by its EXIF data
 * @param profile of its {@code APP2} segments, if it has any
 * @param segments that the decoder needs, before the first scan
 * @param scans where the first one begins
 */
record JpegFile(
        int width,
        int height,
        Layout layout,
        Orientation orientation,
        Optional<byte[]> profile,
        FileRanges.Selection segments,
        long scans)
        implements PictureHeader {
    static final int EOI = 0xd9;
    static final int SOS = 0xda;
    static final int RST0 = 0xd0;
    static final int RST7 = 0xd7;

    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP2 = 0xe2;
    private static final int APP14 = 0xee;
    private static final int APP15 = 0xef;
    private static final int COM = 0xfe;
    private static final int MOST_PROFILE = 1 << 24;
    private static final byte[] JFIF = ascii("JFIF\0");
    private static final byte[] ADOBE = ascii("Adobe");
    private static final byte[] EXIF = ascii("Exif\0\0");
    private static final byte[] ICC = ascii("ICC_PROFILE\0");
    /** Behind its name and version, and two words of flags. */
    private static final int ADOBE_TRANSFORM = 11;

    static JpegFile read(FileRanges file) throws IOException {
        return new Parser(file).parse();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Finds the next marker, from the stream's place on; bytes between segments that are none are passed over, as the
     * IJG's decoder does.
     */
    static int nextMarker(FileRanges file) throws IOException {
        int previous = 0;
        int next = file.readUnsignedByte();
        while (previous != 0xff || next == 0xff || next == 0) {
            previous = next;
            next = file.readUnsignedByte();
        }
        return next;
    }

    @Override
    public Decoded decode(FileRanges file) throws IOException {
        return JpegScans.decode(this, file);
    }

    /** Walks over the segments before the first scan. */
    private static final class Parser {
        private final FileRanges file;
        private final FileRanges.Selection kept = new FileRanges.Selection();
        private final TreeMap<Integer, byte[]> profileParts = new TreeMap<>();
        private boolean jfif;
        /** What an {@code APP14} segment says of the colours; -1 without one. */
        private int adobe = -1;

        /** Null before the first EXIF data. */
        private @Nullable Orientation orientation;

        private int width;
        private int height;
        /** None before the picture's size. */
        private int[] componentIds = {};

        Parser(FileRanges file) {
            this.file = file;
        }

        JpegFile parse() throws IOException {
            kept.add(0, 2);
            file.seek(2);
            while (true) {
                int marker = nextMarker(file);
                long at = file.getStreamPosition() - 2;
                if (marker == SOS) {
                    return header(at);
                }
                if (marker == EOI) {
                    throw new IOException("it ends at byte " + at + ", before a picture");
                }
                if (marker == 1 || marker >= RST0 && marker <= RST7) {
                    continue;
                }
                int length = file.readUnsignedShort();
                if (length < 2 || at + 2 + length > file.length()) {
                    throw new EOFException("the segment at byte " + at + " is cut off: expected " + length + " bytes");
                }
                segment(marker, at, length);
                file.seek(at + 2 + length);
            }
        }

        private JpegFile header(long scans) throws IOException {
            if (componentIds.length == 0) {
                throw new IOException("a scan at byte " + scans + " before the picture's size");
            }
            // Each block of 8x8 samples takes a bit at least.
            if ((width + 7L) / 8 * ((height + 7L) / 8) / 8 > file.length() - scans) {
                throw new EOFException(
                        (file.length() - scans) + " bytes of samples, too few for " + width + "x" + height + " pixels");
            }
            return new JpegFile(
                    width,
                    height,
                    layout(),
                    orientation == null ? Orientation.UPRIGHT : orientation,
                    profile(),
                    kept,
                    scans);
        }

        private void segment(int marker, long at, int length) throws IOException {
            if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                frame(marker, at);
            }
            if (marker >= APP0 && marker <= APP15) {
                application(marker, at, file.readBytes(length - 2, 1 << 16, "segment"));
            } else if (marker != COM) {
                kept.add(at, length + 2);
            }
        }

        private void frame(int marker, long at) throws IOException {
            int precision = file.readUnsignedByte();
            if (marker > 0xc2 || precision != 8) {
                throw new IOException("arithmetic coding, lossless coding or " + precision
                        + " bits a sample at byte " + at
                        + ", expected Huffman coding of 8 bits");
            }
            if (componentIds.length > 0) {
                throw new IOException("a second picture's size at byte " + at);
            }
            height = file.readUnsignedShort();
            width = file.readUnsignedShort();
            int components = file.readUnsignedByte();
            if (width == 0 || height == 0 || components != 1 && components != 3 && components != 4) {
                throw new IOException("a width of " + width + ", a height of " + height + " and " + components
                        + " components at byte " + at
                        + ", expected 1, 3 or 4 components");
            }
            componentIds = new int[components];
            for (int i = 0; i < components; i++) {
                componentIds[i] = file.readUnsignedByte();
                file.readUnsignedShort();
            }
        }

        private void application(int marker, long at, byte[] data) {
            if (marker == APP0 && begins(data, JFIF)) {
                jfif = true;
            } else if (marker == APP14 && begins(data, ADOBE) && data.length > ADOBE_TRANSFORM) {
                adobe = data[ADOBE_TRANSFORM];
            } else if (marker == APP1 && begins(data, EXIF) && orientation == null) {
                orientation = Exif.orientation(file, at + 4 + EXIF.length, data.length - EXIF.length);
                file.setByteOrder(ByteOrder.BIG_ENDIAN);
            } else if (marker == APP2 && begins(data, ICC) && data.length > ICC.length + 2) {
                profileParts.put(data[ICC.length] & 0xff, Arrays.copyOfRange(data, ICC.length + 2, data.length));
            }
        }

        private static boolean begins(byte[] data, byte[] name) {
            return data.length >= name.length && Arrays.equals(data, 0, name.length, name, 0, name.length);
        }

        private Optional<byte[]> profile() {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            profileParts.values().forEach(whole::writeBytes);
            return whole.size() == 0 || whole.size() > MOST_PROFILE
                    ? Optional.empty()
                    : Optional.of(whole.toByteArray());
        }

        /** Nothing in a file must tell its colours: this is what the IJG's decoder makes of the traces there are. */
        private Layout layout() {
            boolean namedRgb =
                    !jfif && (adobe == 0 || adobe < 0 && Arrays.equals(componentIds, new int[] {'R', 'G', 'B'}));
            return switch (componentIds.length) {
                case 1 -> Layout.GREY;
                case 3 -> namedRgb ? Layout.RGB : Layout.YCBCR;
                default -> adobe > 0 ? Layout.YCCK : Layout.INVERTED_CMYK;
            };
        }
    }
}
