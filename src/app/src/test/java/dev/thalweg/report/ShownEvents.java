package dev.thalweg.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;

/** TensorBoard's files as TensorBoard reads them, by TensorFlow's own classes. */
public final class ShownEvents {
    private ShownEvents() {}

    /** Of each file of a directory, by name, its events. */
    public static List<Event> all(Path directory) throws IOException {
        List<Path> sorted;
        try (Stream<Path> files = Files.list(directory)) {
            sorted = files.sorted().toList();
        }
        List<Event> all = new ArrayList<>();
        for (Path file : sorted) {
            all.addAll(in(file));
        }
        return all;
    }

    /**
     * What is shown of a directory, as {@code tag@step}: where a session starts, what has its step or a later one goes.
     */
    public static List<String> of(Path directory) throws IOException {
        List<String> values = new ArrayList<>();
        for (Event event : all(directory)) {
            if (event.getSessionLog().getStatus() == SessionLog.SessionStatus.START) {
                values.removeIf(v -> Long.parseLong(v.substring(v.lastIndexOf('@') + 1)) >= event.getStep());
            }
            values.addAll(values(event));
        }
        return values;
    }

    /** What an event says, as {@code tag@step}. */
    public static List<String> values(Event event) {
        return event.getSummary().getValueList().stream()
                .map(v -> v.getTag() + "@" + event.getStep())
                .toList();
    }

    /**
     * TFRecord: length, masked CRC-32C of it, data, masked CRC-32C of that (TensorFlow's record_writer). A torn one
     * ends the file.
     */
    public static List<Event> in(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (bytes.remaining() >= 12) {
            byte[] length = new byte[8];
            bytes.mark().get(length).reset();
            long size = bytes.getLong();
            assertEquals(unmask(bytes.getInt()), crc(length));
            if (size + 4 > bytes.remaining()) {
                break;
            }
            byte[] data = new byte[(int) size];
            bytes.get(data);
            assertEquals(unmask(bytes.getInt()), crc(data));
            events.add(Event.parseFrom(data));
        }
        return events;
    }

    private static int unmask(int masked) {
        int rotated = masked - 0xa282ead8;
        return rotated >>> 17 | rotated << 15;
    }

    private static int crc(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        return (int) crc.getValue();
    }
}
