package dev.thalweg.picture;

import java.io.IOException;
import java.nio.ByteOrder;

/**
 * A GIF file (GIF89a, 1990); of a moving picture, the first one.
 *
 * @param width of the whole picture
 * @param height of the whole picture
 * @param left where the first frame lies in it
 * @param top where the first frame lies in it
 * @param transparent whether the first frame has a transparent colour, with which the rest is filled then
 */
record GifFile(int width, int height, int left, int top, boolean transparent) implements PictureHeader {
    private static final int SCREEN = 6;
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int IMAGE = 0x2c;
    /** Pixels that a byte can stand for: a code of 12 bits, at the longest string that a table can hold. */
    private static final int LZW = 4096 * 8 / 12;

    static GifFile read(FileRanges file) throws IOException {
        file.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        file.seek(SCREEN);
        int width = file.readUnsignedShort();
        int height = file.readUnsignedShort();
        int flags = file.readUnsignedByte();
        file.skipBytes(2);
        skipColors(file, flags);
        boolean transparent = false;
        int block = file.readUnsignedByte();
        while (block == EXTENSION) {
            if (file.readUnsignedByte() == GRAPHIC_CONTROL) {
                file.readUnsignedByte();
                transparent = (file.readUnsignedByte() & 1) != 0;
                file.skipBytes(3);
            }
            skipBlocks(file);
            block = file.readUnsignedByte();
        }
        if (block != IMAGE) {
            throw new IOException(
                    "a block " + block + " at byte " + (file.getStreamPosition() - 1) + ", expected a picture");
        }
        int left = file.readUnsignedShort();
        int top = file.readUnsignedShort();
        long across = file.readUnsignedShort();
        long down = file.readUnsignedShort();
        skipColors(file, file.readUnsignedByte());
        file.readUnsignedByte();
        long data = skipBlocks(file);
        file.setByteOrder(ByteOrder.BIG_ENDIAN);
        if (across == 0 || down == 0 || across * down / LZW > data) {
            throw new IOException(data + " bytes of samples, too few for " + across + "x" + down + " pixels");
        }
        // A frame that stands out of the picture widens it.
        return new GifFile(
                (int) Math.max(width, left + across), (int) Math.max(height, top + down), left, top, transparent);
    }

    private static void skipColors(FileRanges file, int flags) throws IOException {
        if ((flags & 0x80) != 0) {
            file.seek(file.getStreamPosition() + 3 * (2L << (flags & 7)));
        }
    }

    /** {@return how many bytes the blocks held} */
    private static long skipBlocks(FileRanges file) throws IOException {
        long bytes = 0;
        int length = file.readUnsignedByte();
        while (length > 0) {
            bytes += length;
            file.seek(file.getStreamPosition() + length);
            length = file.readUnsignedByte();
        }
        return bytes;
    }

    @Override
    public Decoded decode(FileRanges file) throws IOException {
        Decoded frame = JdkDecoder.decode("gif", file);
        int outside = frame.palette()
                .filter(colors -> !transparent)
                .map(colors -> colors.getRGB(0) & Decoded.WHITE)
                .orElse(Decoded.WHITE);
        return frame.at(left, top, outside);
    }
}
