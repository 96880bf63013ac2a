package dev.thalweg.picture;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Ranges of a file's bytes, read as if there was nothing between them: so a decoder sees what it needs, and no header
 * or comment that could lead it astray. Closing it closes the file.
 */
public final class FileRanges extends ImageInputStreamImpl {
    private static final int BUFFER = 1 << 14;
    /** How often a decoder may meet the end, as it looks ahead; one that goes on from there takes it for numbers. */
    private static final int MOST_ENDS = 1000;

    private record Range(long from, long length) {
        long end() {
            return from + length;
        }
    }

    private final Source source;
    private final List<Range> ranges;
    private final long length;
    private final byte[] buffer = new byte[BUFFER];
    /** What the buffer holds, in places of this stream. */
    private long bufferStart;

    private int bufferLength;
    private int current;
    private int endsMet;
    /** The place in this stream where the current range begins. */
    private long currentStart;

    private FileRanges(Source source, List<Range> ranges) {
        this.source = source;
        this.ranges = ranges;
        this.length = ranges.stream().mapToLong(Range::length).sum();
    }

    /** What the ranges are of. */
    private interface Source extends Closeable {
        /** Reads some bytes from a place on; {@return how many} */
        int read(ByteBuffer target, long from) throws IOException;
    }

    private record OpenPart(FileChannel channel, long start, long length) implements Source {
        @Override
        public int read(ByteBuffer target, long from) throws IOException {
            int some = Math.clamp(length - from, 0, target.remaining());
            return channel.read(target.slice(target.position(), some), start + from);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record InSegment(MemorySegment bytes) implements Source {
        @Override
        public int read(ByteBuffer target, long from) {
            int some = Math.clamp(bytes.byteSize() - from, 0, target.remaining());
            target.put(bytes.asSlice(from, some).asByteBuffer());
            return some;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private record InMemory(byte[] bytes) implements Source {
        @Override
        public int read(ByteBuffer target, long from) {
            int some = Math.clamp(bytes.length - from, 0, target.remaining());
            target.put(bytes, (int) Math.min(from, bytes.length), some);
            return some;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /** Opens a whole file. */
    static FileRanges open(Path path) throws IOException {
        return open(path, 0, -1);
    }

    /**
     * Opens a part of a file.
     *
     * @param path of the file
     * @param from where the part begins
     * @param length of the part
     * @return its bytes
     * @throws IOException if the file cannot be read
     */
    public static FileRanges openPart(Path path, long from, long length) throws IOException {
        return open(path, from, length);
    }

    /** Opens a file from a place on, to its end where the length is negative. */
    private static FileRanges open(Path path, long from, long length) throws IOException {
        // As a java.io.File, a name would lose the letters that the locale's character set lacks.
        FileChannel file = FileChannel.open(path);
        try {
            long some = length < 0 ? file.size() - from : length;
            return new FileRanges(new OpenPart(file, from, some), List.of(new Range(0, some)));
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    /**
     * {@return a file that is in memory}
     *
     * @param bytes of the file; not copied
     */
    public static FileRanges of(byte[] bytes) {
        return new FileRanges(new InMemory(bytes), List.of(new Range(0, bytes.length)));
    }

    /**
     * {@return a file that is mapped into memory}
     *
     * @param bytes of the file; not copied
     */
    public static FileRanges of(MemorySegment bytes) {
        return new FileRanges(new InSegment(bytes), List.of(new Range(0, bytes.byteSize())));
    }

    /** Collects ranges of a whole file. */
    static final class Selection {
        private final List<Range> chosen = new ArrayList<>();

        /** Adds a range behind those before; one that goes on where the last ended makes that longer. */
        void add(long from, long length) {
            boolean goesOn = !chosen.isEmpty() && chosen.getLast().end() == from;
            Range before = goesOn ? chosen.removeLast() : new Range(from, 0);
            chosen.add(new Range(before.from(), before.length() + length));
        }

        /** {@return the ranges as a stream of its own, over the same open file} */
        FileRanges of(FileRanges whole) {
            return new FileRanges(whole.source, List.copyOf(chosen));
        }
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int read() throws IOException {
        checkClosed();
        bitOffset = 0;
        if (!fill()) {
            return -1;
        }
        return buffer[(int) (streamPos++ - bufferStart)] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int wanted) throws IOException {
        checkClosed();
        Objects.checkFromIndexSize(offset, wanted, target.length);
        bitOffset = 0;
        if (wanted == 0) {
            return 0;
        }
        int got = 0;
        // Decoders take less than they asked for as the end of the file.
        while (got < wanted && fill()) {
            int at = (int) (streamPos - bufferStart);
            int some = Math.min(wanted - got, bufferLength - at);
            System.arraycopy(buffer, at, target, offset + got, some);
            streamPos += some;
            got += some;
        }
        return got == 0 ? -1 : got;
    }

    /** Sees to it that the buffer holds the next byte. */
    private boolean fill() throws IOException {
        if (streamPos >= bufferStart && streamPos < bufferStart + bufferLength) {
            return true;
        }
        if (streamPos >= length) {
            if (++endsMet > MOST_ENDS) {
                throw new IOException("it is cut off: a decoder read on behind the end at byte " + length);
            }
            return false;
        }
        if (streamPos < currentStart) {
            current = 0;
            currentStart = 0;
        }
        while (streamPos >= currentStart + ranges.get(current).length()) {
            currentStart += ranges.get(current++).length();
        }
        long within = streamPos - currentStart;
        int wanted = (int) Math.min(BUFFER, ranges.get(current).length() - within);
        int some = source.read(
                ByteBuffer.wrap(buffer, 0, wanted), ranges.get(current).from() + within);
        if (some <= 0) {
            throw new EOFException("the file became shorter while it was read");
        }
        bufferStart = streamPos;
        bufferLength = some;
        return true;
    }

    /**
     * Reads bytes whose number the file says.
     *
     * @param count how many
     * @param most how many are reasonable
     * @param what they are, for the message
     * @return the next bytes
     * @throws IOException if there are fewer, or the number is not reasonable
     */
    public byte[] readBytes(long count, int most, String what) throws IOException {
        if (count > most) {
            throw new IOException(what + " of " + count + " bytes, expected at most " + most);
        }
        if (count < 0 || count > length - streamPos) {
            throw new EOFException(what + " of " + count + " bytes is cut off: " + (length - streamPos) + " are left");
        }
        byte[] bytes = new byte[(int) count];
        readFully(bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        super.close();
        source.close();
    }
}
