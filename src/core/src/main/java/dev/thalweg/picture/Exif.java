package dev.thalweg.picture;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The first directory of a TIFF file, or of the EXIF data that is one within another file (TIFF revision 6.0; EXIF
 * 2.32). Values are read when they are asked for.
 */
public final class Exif {
    static final int IMAGE_WIDTH = 256;
    static final int IMAGE_LENGTH = 257;
    static final int BITS_PER_SAMPLE = 258;
    static final int COMPRESSION = 259;
    static final int PHOTOMETRIC_INTERPRETATION = 262;
    static final int STRIP_OFFSETS = 273;
    static final int ORIENTATION = 274;
    static final int SAMPLES_PER_PIXEL = 277;
    static final int TILE_WIDTH = 322;
    static final int TILE_LENGTH = 323;
    static final int TILE_OFFSETS = 324;
    static final int ICC_PROFILE = 34675;

    private static final int LITTLE_ENDIAN = 'I' << 8 | 'I';
    private static final int BYTE = 1;
    private static final int SHORT = 3;
    private static final int LONG = 4;
    private static final int UNDEFINED = 7;

    private record Entry(int type, long count, long valueAt) {}

    private final FileRanges file;
    private final long start;
    private final long length;
    private final ByteOrder order;
    private final Map<Integer, Entry> entries = new HashMap<>();

    private Exif(FileRanges file, long start, long length, ByteOrder order) {
        this.file = file;
        this.start = start;
        this.length = length;
        this.order = order;
    }

    /**
     * Reads a directory.
     *
     * @param file holds it
     * @param start where its header is
     * @param length how many bytes belong to it
     */
    static Exif read(FileRanges file, long start, long length) throws IOException {
        file.seek(start);
        ByteOrder order = file.readUnsignedShort() == LITTLE_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        file.setByteOrder(order);
        Exif exif = new Exif(file, start, length, order);
        exif.readEntries();
        return exif;
    }

    private void readEntries() throws IOException {
        file.readUnsignedShort();
        long directory = file.readUnsignedInt();
        if (directory > length - 2) {
            throw new IOException("the directory at byte " + directory + " lies behind the end, byte " + length);
        }
        file.seek(start + directory);
        int count = file.readUnsignedShort();
        for (int i = 0; i < count && directory + 2 + 12L * (i + 1) <= length; i++) {
            int tag = file.readUnsignedShort();
            int type = file.readUnsignedShort();
            long values = file.readUnsignedInt();
            long bytes = values * (type == SHORT ? 2 : type == LONG ? 4 : 1);
            long here = file.getStreamPosition();
            long at = bytes <= 4 ? here : start + file.readUnsignedInt();
            if (tag == ICC_PROFILE || type == SHORT || type == LONG || type == BYTE) {
                entries.putIfAbsent(tag, new Entry(type, values, at));
            }
            file.seek(here + 4);
        }
    }

    /** {@return the first value of a tag} */
    OptionalLong first(int tag) throws IOException {
        return count(tag) == 0 ? OptionalLong.empty() : OptionalLong.of(value(tag, 0));
    }

    /** {@return how many values a tag has} */
    long count(int tag) {
        Entry entry = entries.get(tag);
        return entry == null ? 0 : entry.count();
    }

    /** {@return a value of a tag, from 0 to below their number} */
    long value(int tag, long index) throws IOException {
        Entry entry = entries.get(tag);
        if (entry == null) {
            throw new IOException("there is no tag " + tag);
        }
        file.setByteOrder(order);
        file.seek(entry.valueAt() + index * (entry.type() == SHORT ? 2 : entry.type() == LONG ? 4 : 1));
        return switch (entry.type()) {
            case SHORT -> file.readUnsignedShort();
            case LONG -> file.readUnsignedInt();
            default -> file.readUnsignedByte();
        };
    }

    /** {@return a tag's bytes, if there is one of bytes} */
    Optional<byte[]> bytes(int tag, int most) throws IOException {
        Entry entry = entries.get(tag);
        if (entry == null || entry.type() != BYTE && entry.type() != UNDEFINED) {
            return Optional.empty();
        }
        file.seek(entry.valueAt());
        return Optional.of(file.readBytes(entry.count(), most, "tag " + tag));
    }

    Orientation orientation() throws IOException {
        return Orientation.of((int) first(ORIENTATION).orElse(1));
    }

    /**
     * {@return the orientation that EXIF data tell; upright where they are damaged, as a picture is seen without them}
     *
     * @param file holds them
     * @param start where their header is
     * @param length how many bytes belong to them
     */
    public static Orientation orientation(FileRanges file, long start, long length) {
        try {
            return read(file, start, length).orientation();
        } catch (IOException e) {
            return Orientation.UPRIGHT;
        }
    }
}
