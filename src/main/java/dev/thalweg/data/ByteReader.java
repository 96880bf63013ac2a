package dev.thalweg.data;

import dev.thalweg.format.BadFileException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** Reads a binary file, plain or gzipped, and knows where it is, so that errors can say so. */
final class ByteReader implements AutoCloseable {
    private final Path file;
    private final InputStream in;
    private long offset;

    private ByteReader(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    static ByteReader open(Path file) throws IOException {
        InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        try {
            raw.mark(2);
            boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
            raw.reset();
            return new ByteReader(file, gzip ? new GZIPInputStream(raw, 1 << 16) : raw);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
    }

    /** Reads from a stream that somebody else closes, a member of an archive. */
    static ByteReader of(Path file, InputStream in) {
        return new ByteReader(file, in);
    }

    Path file() {
        return file;
    }

    long offset() {
        return offset;
    }

    /** Reads exactly as many bytes. */
    byte[] bytes(int count, String what) throws IOException {
        byte[] bytes;
        try {
            bytes = in.readNBytes(count);
        } catch (EOFException e) {
            throw bad("the compressed data ends within " + what);
        }
        if (bytes.length < count) {
            offset += bytes.length;
            throw bad("the file ends here, expected " + count + " bytes of " + what + ", got " + bytes.length);
        }
        offset += count;
        return bytes;
    }

    int bigEndianInt(String what) throws IOException {
        byte[] b = bytes(Integer.BYTES, what);
        return (b[0] & 0xff) << 24 | (b[1] & 0xff) << 16 | (b[2] & 0xff) << 8 | b[3] & 0xff;
    }

    /** The next byte, or -1 at the end. */
    int next() throws IOException {
        int b = in.read();
        offset += b < 0 ? 0 : 1;
        return b;
    }

    void expectEnd() throws IOException {
        if (next() >= 0) {
            offset--;
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
