package dev.thalweg.picture;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/**
 * A Windows bitmap.
 *
 * @param width in pixels
 * @param height in pixels
 */
record BmpFile(int width, int height) implements PictureHeader {
    /** The lengths of headers that there are, from OS/2 1 to Windows 98. */
    static final String[] BEGINNINGS = IntStream.of(12, 40, 52, 56, 64, 108, 124)
            .mapToObj(n -> "BM????????????" + (char) n + "\0\0\0")
            .toArray(String[]::new);

    private static final int OLD_HEADER = 12;
    private static final int UNCOMPRESSED = 0;
    private static final int BIT_FIELDS = 3;
    private static final int ALPHA_BIT_FIELDS = 6;

    static BmpFile read(FileRanges file) throws IOException {
        file.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        file.seek(10);
        long samples = file.readUnsignedInt();
        boolean old = file.readUnsignedInt() == OLD_HEADER;
        int width = old ? file.readUnsignedShort() : file.readInt();
        int height = old ? file.readUnsignedShort() : file.readInt();
        file.readUnsignedShort();
        int bits = file.readUnsignedShort();
        long compression = old ? UNCOMPRESSED : file.readUnsignedInt();
        file.setByteOrder(ByteOrder.BIG_ENDIAN);
        if (compression > BIT_FIELDS && compression != ALPHA_BIT_FIELDS) {
            // A JPEG or PNG within it could be of any size.
            throw new IOException("the compression " + compression + ", expected none, runs or bit fields");
        }
        // A negative height says that the first row is at the top.
        if (width < 1 || height == 0 || height == Integer.MIN_VALUE) {
            throw new IOException("a width of " + width + " and a height of " + height);
        }
        long rows = Math.abs(height);
        long inRow = ((long) width * bits + 31) / 32 * 4;
        if (compression == UNCOMPRESSED && (file.length() - samples) / rows < inRow) {
            throw new IOException("the samples are cut off: expected " + rows + " rows of " + inRow
                    + " bytes from byte " + samples
                    + ", the file has " + file.length() + " bytes");
        }
        return new BmpFile(width, (int) rows);
    }

    @Override
    public Decoded decode(FileRanges file) throws IOException {
        return JdkDecoder.decode("bmp", file);
    }
}
