package dev.thalweg.picture;

import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;

/**
 * A TIFF file; its first picture counts.
 *
 * @param width in pixels
 * @param height in pixels
 * @param orientation by its tag
 * @param profile of its tag, if it has one
 */
record TiffFile(int width, int height, Orientation orientation, Optional<byte[]> profile) implements PictureHeader {
    private static final int MOST_PROFILE = 1 << 24;
    /** A tile is held whole; libtiff's own tools make them of 256x256. */
    private static final long MOST_IN_TILE = 1 << 24;

    /** CIELab, ICCLab and ITULab; the decoder takes their numbers for those of RGB. */
    private static final int FIRST_LAB = 8;

    private static final int LAST_LAB = 10;

    private static final long MOST_BITS = 1 << 10;
    private static final int UNCOMPRESSED = 1;
    private static final int LAST_FAX = 4;
    private static final int OLD_JPEG = 6;
    private static final int JPEG = 7;
    private static final int MOST_PARTS = 1 << 16;
    /** Pixels by which parts are rounded up to whole blocks. */
    private static final int MOST_PADDING = 64;
    /** Bytes of samples that a byte stands for at most: white lines by a bit each. */
    private static final long FAX = 1 << 16;
    /** A code of 12 bits, at the longest string that a table can hold; other compressions do less. */
    private static final long LZW = 4096 * 8 / 12;

    static TiffFile read(FileRanges file) throws IOException {
        Exif tags = Exif.read(file, 0, file.length());
        long width = tags.first(Exif.IMAGE_WIDTH).orElse(0);
        long height = tags.first(Exif.IMAGE_LENGTH).orElse(0);
        if (width < 1 || width > Integer.MAX_VALUE || height < 1 || height > Integer.MAX_VALUE) {
            throw new IOException("a width of " + width + " and a height of " + height);
        }
        long colors = tags.first(Exif.PHOTOMETRIC_INTERPRETATION).orElse(0);
        if (colors >= FIRST_LAB && colors <= LAST_LAB) {
            throw new IOException("colours of CIE L*a*b*, which are not converted: expected grey, RGB, CMYK or YCbCr");
        }
        long tileWidth = tags.first(Exif.TILE_WIDTH).orElse(1);
        long tileLength = tags.first(Exif.TILE_LENGTH).orElse(1);
        if (tileWidth > MOST_IN_TILE || tileLength > MOST_IN_TILE || tileWidth * tileLength > MOST_IN_TILE) {
            throw new IOException("tiles of " + tileWidth + "x" + tileLength + " pixels, expected at most "
                    + MOST_IN_TILE + " pixels");
        }
        long compression = tags.first(Exif.COMPRESSION).orElse(UNCOMPRESSED);
        if (compression == OLD_JPEG) {
            throw new IOException("compression as TIFF 6.0 defined it for JPEG, which was withdrawn");
        }
        if (compression == JPEG) {
            checkJpeg(file, tags, Math.max(width, tileWidth), Math.max(height, tileLength));
        }
        long bits = tags.first(Exif.BITS_PER_SAMPLE).orElse(1)
                * tags.first(Exif.SAMPLES_PER_PIXEL).orElse(1);
        long bytes = Math.multiplyExact((width * Math.min(bits, MOST_BITS) + 7) / 8, height);
        if (bytes / mostSamplesOfAByte(compression) > file.length()) {
            throw new EOFException("a file of " + file.length() + " bytes, too few for " + width + "x" + height
                    + " pixels of " + bits + " bits");
        }
        return new TiffFile((int) width, (int) height, tags.orientation(), tags.bytes(Exif.ICC_PROFILE, MOST_PROFILE));
    }

    /** Each strip or tile is a JPEG of its own, which must not be larger than the picture: its decoder believes it. */
    private static void checkJpeg(FileRanges file, Exif tags, long width, long height) throws IOException {
        for (int tag : new int[] {Exif.STRIP_OFFSETS, Exif.TILE_OFFSETS}) {
            if (tags.count(tag) > MOST_PARTS) {
                throw new IOException(tags.count(tag) + " parts, expected at most " + MOST_PARTS);
            }
            for (long i = 0; i < tags.count(tag); i++) {
                long offset = tags.value(tag, i);
                FileRanges.Selection part = new FileRanges.Selection();
                part.add(offset, Math.max(0, file.length() - offset));
                JpegFile jpeg = JpegFile.read(part.of(file));
                if (jpeg.width() > width + MOST_PADDING || jpeg.height() > height + MOST_PADDING) {
                    throw new IOException("a part of " + jpeg.width() + "x" + jpeg.height() + " pixels at byte "
                            + offset + " of a picture of " + width + "x" + height);
                }
            }
        }
    }

    private static long mostSamplesOfAByte(long compression) {
        return compression == UNCOMPRESSED ? 1 : compression <= LAST_FAX ? FAX : LZW;
    }

    @Override
    public Decoded decode(FileRanges file) throws IOException {
        return JdkDecoder.decode("tiff", file);
    }
}
