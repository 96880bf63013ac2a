package dev.thalweg.pictures;

import dev.thalweg.picture.FileRanges;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;

/**
 * A file in a {@code .zip}. Stored ones are read where they lie, compressed ones into memory each time.
 *
 * @param container the archive
 * @param name of the file
 * @param from where its bytes begin
 * @param stored how many there are
 * @param size of the file
 * @param method how it is compressed
 * @param crc of the file
 * @param encrypted whether it is
 */
record ZippedFile(
        Path container, String name, long from, long stored, long size, int method, long crc, boolean encrypted) {
    /** What one file may take in memory: those that decompress to more are no pictures, but bombs. */
    static final int MOST_BYTES = 1 << 26;

    FileRanges open() throws IOException {
        if (encrypted) {
            throw new IOException("is encrypted, expected a file that needs no password");
        }
        return switch (method) {
            case ZipEntry.STORED -> {
                if (stored != size) {
                    throw new IOException(
                            "is said to be of " + size + " bytes, stored as they are, got " + stored + " bytes");
                }
                yield FileRanges.openPart(container, from, size);
            }
            case ZipEntry.DEFLATED -> FileRanges.of(inflated());
            default ->
                throw new IOException("is compressed by method " + method
                        + ", expected 0 (stored) or 8 (deflated): pack the folder anew");
        };
    }

    private byte[] inflated() throws IOException {
        if (size > MOST_BYTES) {
            throw new IOException("takes " + size + " bytes decompressed, expected at most " + MOST_BYTES
                    + ": pack the folder without compression (zip -0)");
        }
        byte[] compressed = new byte[(int) Math.min(stored, MOST_BYTES)];
        try (FileRanges part = FileRanges.openPart(container, from, stored)) {
            part.readFully(compressed);
        }
        byte[] bytes = new byte[(int) size];
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(compressed);
            int got = 0;
            int some = -1;
            while (got < bytes.length && some != 0) {
                some = inflater.inflate(bytes, got, bytes.length - got);
                got += some;
            }
            if (got < bytes.length) {
                throw new EOFException("is cut off: expected " + size + " bytes decompressed, got " + got);
            }
        } catch (DataFormatException e) {
            throw new IOException("cannot be decompressed: " + e.getMessage(), e);
        } finally {
            inflater.end();
        }
        CRC32 check = new CRC32();
        check.update(bytes);
        if (check.getValue() != crc) {
            throw new IOException("is damaged: its bytes have not the check sum that the archive tells");
        }
        return bytes;
    }
}
