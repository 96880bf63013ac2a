package dev.thalweg.data;

import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.text.Counted;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads a binary file, plain or gzipped, and knows where it is, so that errors can say so. */
final class ByteReader implements AutoCloseable {
    /**
     * How many times its size a gzipped file may hold, beyond what is little anyway: pictures shrink to a third or a
     * tenth, what is made to fill a memory to a thousandth.
     */
    private static final long MOST_EXPANSION = 100;

    private static final long LITTLE = 1 << 24;

    private final Path file;
    private final InputStream in;
    private final long mostBytes;
    private long offset;

    private ByteReader(Path file, InputStream in, long mostBytes) {
        this.file = file;
        this.in = in;
        this.mostBytes = mostBytes;
    }

    static ByteReader open(Path file) throws IOException {
        try (Scope opening = new Scope()) {
            InputStream raw = opening.own(new BufferedInputStream(Files.newInputStream(file), 1 << 16));
            raw.mark(2);
            boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
            raw.reset();
            long size = Files.size(file);
            ByteReader reader = gzip
                    ? new ByteReader(file, unzipped(file, raw), Math.max(LITTLE, MOST_EXPANSION * size))
                    : new ByteReader(file, raw, size);
            opening.handOver();
            return reader;
        }
    }

    private static InputStream unzipped(Path file, InputStream raw) throws IOException {
        try {
            return new GZIPInputStream(raw, 1 << 16);
        } catch (EOFException | ZipException e) {
            throw new BadFileException(file, 0, "the compressed data does not begin as such: " + e.getMessage(), e);
        }
    }

    Path file() {
        return file;
    }

    long offset() {
        return offset;
    }

    /** Checks that as many bytes can follow, before memory is taken for them. */
    void expectBytes(long count, String what) throws BadFileException {
        if (count > mostBytes - offset) {
            throw bad("expected " + Counted.of(count, "byte") + " of " + what + ", got a file that holds "
                    + Math.max(0, mostBytes - offset) + " more at most");
        }
    }

    /** Reads exactly as many bytes; of many, {@link #expectBytes} is asked before. */
    byte[] bytes(int count, String what) throws IOException {
        byte[] bytes = new byte[count];
        int got = read(bytes, what);
        offset += got;
        if (got < count) {
            throw bad("the file ends here, expected " + Counted.of(count, "byte") + " of " + what + ", got " + got);
        }
        return bytes;
    }

    private int read(byte[] bytes, String what) throws IOException {
        try {
            return in.readNBytes(bytes, 0, bytes.length);
        } catch (EOFException e) {
            throw bad("the compressed data ends within " + what);
        } catch (ZipException e) {
            throw bad("the compressed data is damaged within " + what + ": " + e.getMessage());
        }
    }

    int bigEndianInt(String what) throws IOException {
        byte[] b = bytes(Integer.BYTES, what);
        return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | b[3] & 0xff;
    }

    void expectEnd() throws IOException {
        if (read(new byte[1], "the end") > 0) {
            throw bad("the file goes on here, expected its end");
        }
    }

    BadFileException bad(String problem) {
        return new BadFileException(file, offset, problem);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
