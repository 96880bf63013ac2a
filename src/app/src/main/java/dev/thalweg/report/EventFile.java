package dev.thalweg.report;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.thalweg.memory.Scope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of TensorBoard's events: records, each a protocol buffer message {@code Event}. Field
 * numbers are those of TensorFlow's {@code event.proto}, {@code summary.proto} and {@code histogram.proto}.
 */
final class EventFile implements AutoCloseable {
    private static final int SESSION_START = 1;
    private static final int GREY = 1;
    private static final int RGB = 3;

    private final OutputStream out;

    private EventFile(OutputStream out) {
        this.out = out;
    }

    /** Begins a file in a directory, which nobody else writes; TensorBoard reads all files of a directory together. */
    static EventFile in(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (Scope opening = new Scope()) {
            EventFile file = new EventFile(opening.own(fresh(directory)));
            file.record(event(0, e -> e.writeString(3, "brain.Event:2")));
            opening.handOver();
            return file;
        }
    }

    /** Also where two begin in the same second, or processes of two containers have the same number. */
    private static OutputStream fresh(Path directory) throws IOException {
        long seconds = System.currentTimeMillis() / 1000;
        for (int number = 0; ; number++) {
            Path file = directory.resolve(EventRecords.PREFIX + seconds + "."
                    + ProcessHandle.current().pid() + "." + number + EventRecords.SUFFIX);
            try {
                return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            } catch (FileAlreadyExistsException taken) {
                // Then the next number.
            }
        }
    }

    /**
     * Says that events of this step and of later ones come from here: a TensorBoard that shows others already drops
     * them.
     */
    void restart(long step) throws IOException {
        byte[] session = message(s -> s.writeEnum(1, SESSION_START));
        record(event(step, e -> e.writeByteArray(7, session)));
    }

    @FunctionalInterface
    private interface Fields {
        void write(CodedOutputStream to) throws IOException;
    }

    private static byte[] message(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream coded = CodedOutputStream.newInstance(bytes);
        try {
            fields.write(coded);
            coded.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static byte[] event(long step, Fields what) {
        return message(e -> {
            e.writeDouble(1, System.currentTimeMillis() / 1000.0);
            e.writeInt64(2, step);
            what.write(e);
        });
    }

    private void value(long step, String tag, Fields fields) throws IOException {
        byte[] value = message(v -> {
            v.writeString(1, tag);
            fields.write(v);
        });
        byte[] summary = message(s -> s.writeByteArray(1, value));
        record(event(step, e -> e.writeByteArray(5, summary)));
    }

    void scalar(long step, String tag, double value) throws IOException {
        value(step, tag, v -> v.writeFloat(2, (float) value));
    }

    /** A picture as a PNG file's bytes. */
    void image(long step, String tag, int width, int height, boolean colour, byte[] png) throws IOException {
        byte[] image = message(i -> {
            i.writeInt32(1, height);
            i.writeInt32(2, width);
            i.writeInt32(3, colour ? RGB : GREY);
            i.writeBytes(4, ByteString.copyFrom(png));
        });
        value(step, tag, v -> v.writeByteArray(4, image));
    }

    void histogram(long step, String tag, Histogram histogram) throws IOException {
        byte[] proto = message(h -> {
            h.writeDouble(1, histogram.min());
            h.writeDouble(2, histogram.max());
            h.writeDouble(3, histogram.count());
            h.writeDouble(4, histogram.sum());
            h.writeDouble(5, histogram.sumOfSquares());
            h.writeByteArray(6, packed(histogram.limits()));
            h.writeByteArray(7, packed(histogram.counts()));
        });
        value(step, tag, v -> v.writeByteArray(5, proto));
    }

    private static byte[] packed(double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return bytes.array();
    }

    private void record(byte[] data) throws IOException {
        EventRecords.write(data, out);
    }

    void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
