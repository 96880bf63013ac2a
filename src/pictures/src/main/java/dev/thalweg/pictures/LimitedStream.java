package dev.thalweg.pictures;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that a reader may follow to a limit only, which is moved on as more is expected of it. */
final class LimitedStream extends FilterInputStream {
    private final long most;
    private long passed;
    private long limit;

    /**
     * Allows nothing yet.
     *
     * @param most bytes that will ever be allowed
     */
    LimitedStream(InputStream in, long most) {
        super(in);
        this.most = most;
    }

    /** Lets as many bytes follow from here on. */
    void allow(long bytes) {
        limit = bytes > most - passed ? most : passed + bytes;
    }

    private int allowed(long wanted) throws IOException {
        if (wanted > 0 && passed == limit) {
            throw new IOException("it goes on at byte " + passed
                    + (limit == most ? ", expected no more" : ", expected the next member's content there"));
        }
        return (int) Math.min(Math.min(wanted, limit - passed), Integer.MAX_VALUE);
    }

    @Override
    public int read() throws IOException {
        allowed(1);
        int value = in.read();
        passed += value < 0 ? 0 : 1;
        return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int got = in.read(bytes, offset, allowed(length));
        passed += Math.max(0, got);
        return got;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = in.skip(allowed(count));
        passed += skipped;
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
