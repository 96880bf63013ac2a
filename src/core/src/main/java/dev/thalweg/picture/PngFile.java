package dev.thalweg.picture;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/**
 * A PNG file (Portable Network Graphics, second edition, W3C 2003; {@code eXIf} of the third). The decoder sees the
 * chunks that make the picture alone.
 *
 * @param width in pixels
 * @param height in pixels
 * @param orientation by its {@code eXIf}
 * @param profile of its {@code iCCP}, if it has a sound one
 * @param chunks that the decoder needs
 */
record PngFile(int width, int height, Orientation orientation, Optional<byte[]> profile, FileRanges.Selection chunks)
        implements PictureHeader {
    private static final int SIGNATURE = 8;
    /** Length, type and checksum. */
    private static final int FRAME = 12;

    private static final int MOST_CHUNKS = 1_000_000;
    private static final int MOST_PROFILE = 1 << 24;
    /** How much deflate shrinks at most. */
    private static final int DEFLATE = 1032;

    private static final int[] SAMPLES = {1, 0, 3, 1, 2, 0, 4};

    static PngFile read(FileRanges file) throws IOException {
        FileRanges.Selection kept = new FileRanges.Selection();
        kept.add(0, SIGNATURE);
        int width = 0;
        int height = 0;
        long bitsInRow = 0;
        long data = 0;
        Optional<byte[]> profile = Optional.empty();
        Orientation orientation = Orientation.UPRIGHT;
        long at = SIGNATURE;
        for (int chunk = 0; at < file.length(); chunk++) {
            file.seek(at);
            long length = file.readUnsignedInt();
            String type = new String(file.readBytes(4, 4, "chunk"), StandardCharsets.ISO_8859_1);
            boolean end = type.equals("IEND");
            if (length > file.length() - at - (end ? FRAME - 4 : FRAME) || chunk == MOST_CHUNKS) {
                throw new IOException(
                        "the chunk " + type + " at byte " + at + " is cut off: expected " + length + " bytes");
            }
            if (chunk == 0 != type.equals("IHDR")) {
                throw new IOException("the chunk " + type + " at byte " + at + ", expected IHDR, once");
            }
            switch (type) {
                case "IHDR" -> {
                    width = dimension(file.readInt());
                    height = dimension(file.readInt());
                    int bits = file.readUnsignedByte();
                    int color = file.readUnsignedByte();
                    bitsInRow = (long) width * bits * (color < SAMPLES.length ? SAMPLES[color] : 0);
                }
                case "IDAT" -> data += length;
                case "iCCP" -> profile = inflate(file.readBytes(length, MOST_PROFILE, "profile"));
                case "eXIf" -> {
                    orientation = Exif.orientation(file, at + 8, length);
                    file.setByteOrder(ByteOrder.BIG_ENDIAN);
                }
                default -> {}
            }
            if (end || type.equals("IHDR") || type.equals("PLTE") || type.equals("tRNS") || type.equals("IDAT")) {
                kept.add(at, Math.min(length + FRAME, file.length() - at));
            }
            at += length + FRAME;
            if (end) {
                break;
            }
        }
        if (data == 0 || (bitsInRow / 8 + 1) * height / DEFLATE > data) {
            throw new IOException(data + " bytes of samples, too few for " + width + "x" + height + " pixels");
        }
        return new PngFile(width, height, orientation, profile, kept);
    }

    private static int dimension(int value) throws IOException {
        if (value <= 0) {
            throw new IOException("a width or height of " + Integer.toUnsignedString(value));
        }
        return value;
    }

    /** {@return the profile behind its name and the number of its compression; empty if it is damaged} */
    private static Optional<byte[]> inflate(byte[] chunk) throws IOException {
        int name = 0;
        while (name < chunk.length && chunk[name] != 0) {
            name++;
        }
        if (name + 2 > chunk.length) {
            return Optional.empty();
        }
        ByteArrayInputStream deflated = new ByteArrayInputStream(chunk, name + 2, chunk.length);
        try (InflaterInputStream inflating = new InflaterInputStream(deflated)) {
            byte[] profile = inflating.readNBytes(MOST_PROFILE);
            if (profile.length == MOST_PROFILE) {
                throw new IOException("the profile is longer than " + MOST_PROFILE + " bytes");
            }
            return Optional.of(profile);
        }
    }

    @Override
    public Decoded decode(FileRanges file) throws IOException {
        return JdkDecoder.decode("png", chunks.of(file));
    }
}
