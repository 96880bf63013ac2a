package dev.thalweg.report;

import com.google.protobuf.CodedInputStream;
import dev.thalweg.files.AtomicFile;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Events as TensorFlow's TFRecord frames them: length, masked CRC-32C of it, message, masked CRC-32C of that. */
final class EventRecords {
    /** How the names of our files begin and end; TensorBoard looks for the beginning. */
    static final String PREFIX = "events.out.tfevents.";

    static final String SUFFIX = ".thalweg";

    private static final int CRC_MASK_DELTA = 0xa282ead8;
    private static final int STEP = 2;
    /** The length and two checksums. */
    private static final int FRAME = Long.BYTES + 2 * Integer.BYTES;

    private EventRecords() {}

    static void write(byte[] message, OutputStream out) throws IOException {
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(message.length)
                .array();
        out.write(length);
        out.write(checksum(length));
        out.write(message);
        out.write(checksum(message));
    }

    private static byte[] checksum(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        int masked = Integer.rotateRight((int) crc.getValue(), 15) + CRC_MASK_DELTA;
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(masked)
                .array();
    }

    /** The next message; none at the end, and none where a program that was killed wrote only a part. */
    private static Optional<byte[]> read(DataInputStream in, long fileSize) throws IOException {
        try {
            byte[] length = in.readNBytes(Long.BYTES);
            boolean begins = Arrays.equals(checksum(length), in.readNBytes(Integer.BYTES));
            long size = begins
                    ? ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()
                    : -1;
            if (size < 0 || size > fileSize) {
                return Optional.empty();
            }
            byte[] message = new byte[Math.toIntExact(size)];
            in.readFully(message);
            return Arrays.equals(checksum(message), in.readNBytes(Integer.BYTES))
                    ? Optional.of(message)
                    : Optional.empty();
        } catch (EOFException e) {
            return Optional.empty();
        }
    }

    private static long step(byte[] event) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(event);
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag >>> 3 == STEP) {
                return in.readInt64();
            }
            in.skipField(tag);
        }
        return 0;
    }

    /** Our files in a directory, which need not exist. */
    static List<Path> files(Path directory) throws IOException {
        List<Path> ours = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*" + SUFFIX)) {
                files.forEach(ours::add);
            }
        }
        return ours;
    }

    /**
     * Takes what comes after a step out of files: what a training wrote there after the checkpoint that it now goes on
     * from.
     */
    static void dropAfter(long step, List<Path> files) throws IOException {
        for (Path file : files) {
            if (copyUntil(step, file, OutputStream.nullOutputStream()) < Files.size(file)) {
                AtomicFile.write(file, out -> copyUntil(step, file, out));
            }
        }
    }

    /** Returns how many bytes that were. */
    private static long copyUntil(long step, Path file, OutputStream out) throws IOException {
        long size = Files.size(file);
        long copied = 0;
        try (InputStream stream = Files.newInputStream(file);
                DataInputStream in = new DataInputStream(new BufferedInputStream(stream))) {
            for (Optional<byte[]> event = read(in, size); event.isPresent(); event = read(in, size)) {
                if (step(event.get()) <= step) {
                    write(event.get(), out);
                    copied += FRAME + event.get().length;
                }
            }
        }
        return copied;
    }
}
