package dev.thalweg.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The <a href="https://huggingface.co/docs/safetensors">safetensors</a> format: eight bytes of little-endian header length,
 * a JSON header, then the tensors' bytes without gaps. Reads and writes {@code F32} tensors.
 *
 * @param metadata free text by key
 * @param tensors by name
 */
public record Safetensors(Map<String, String> metadata, Map<String, NamedTensor> tensors) {
    /**
     * One tensor.
     *
     * @param shape the extents
     * @param values row-major
     */
    public record NamedTensor(Shape shape, float[] values) {
    }

    private record Entry(String dtype, List<Integer> shape, List<Long> data_offsets) {
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String METADATA = "__metadata__";
    /** What the format's own library allows. */
    private static final long MOST_HEADER_BYTES = 100_000_000;

    /**
     * Writes the file under a temporary name and moves it into place.
     *
     * @param file where
     * @throws IOException if it cannot be written; what stood there before is untouched
     */
    public void write(Path file) throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put(METADATA, new TreeMap<>(metadata));
        long offset = 0;
        for (Map.Entry<String, NamedTensor> tensor : tensors.entrySet()) {
            long end = offset + tensor.getValue().values().length * (long) Float.BYTES;
            header.put(tensor.getKey(), new Entry("F32", dims(tensor.getValue().shape()), List.of(offset, end)));
            offset = end;
        }
        // Spaces at the end align the data, as the format's own library does.
        String json = JSON.writeValueAsString(header);
        byte[] text = (json + " ".repeat(-json.getBytes(StandardCharsets.UTF_8).length & 7)).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> {
            OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
            buffered.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
            buffered.write(text);
            for (NamedTensor tensor : tensors.values()) {
                ByteBuffer bytes = ByteBuffer.allocate(tensor.values().length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(tensor.values());
                buffered.write(bytes.array());
            }
            buffered.flush();
        });
    }

    private static List<Integer> dims(Shape shape) {
        return Arrays.stream(shape.toArray()).boxed().toList();
    }

    /**
     * Reads a file.
     *
     * @param file which
     * @return its content
     * @throws IOException if it cannot be read
     * @throws BadFileException if it is no safetensors file of {@code F32} tensors, or is cut off
     */
    public static Safetensors read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size < Long.BYTES) {
                throw new BadFileException(file, 0, "got " + size + " bytes, expected a safetensors file, which begins with a length of 8 bytes");
            }
            long length = buffer(file, channel, 0, Long.BYTES).getLong();
            if (length < 2 || length > Math.min(MOST_HEADER_BYTES, size - Long.BYTES)) {
                throw new BadFileException(file, 0, "got a header length of " + length + ", expected 2 to "
                        + Math.min(MOST_HEADER_BYTES, size - Long.BYTES) + ": not a safetensors file, or cut off");
            }
            Map<String, Object> header = header(file, StandardCharsets.UTF_8.decode(buffer(file, channel, Long.BYTES, (int) length)).toString());
            long begin = Long.BYTES + length;
            Map<String, String> metadata = new LinkedHashMap<>();
            Map<String, NamedTensor> tensors = new LinkedHashMap<>();
            for (Map.Entry<String, Object> entry : header.entrySet()) {
                if (entry.getKey().equals(METADATA)) {
                    ((Map<?, ?>) entry.getValue()).forEach((k, v) -> metadata.put(String.valueOf(k), String.valueOf(v)));
                } else {
                    tensors.put(entry.getKey(), tensor(file, channel, begin, size, entry.getKey(), entry.getValue()));
                }
            }
            return new Safetensors(metadata, tensors);
        }
    }

    private static Map<String, Object> header(Path file, String text) {
        try {
            Map<String, Object> header = JSON.readValue(text, new TypeReference<LinkedHashMap<String, Object>>() { });
            if (header.containsKey(METADATA) && !(header.get(METADATA) instanceof Map)) {
                throw new BadFileException(file, Long.BYTES, "got metadata " + header.get(METADATA) + ", expected an object");
            }
            return header;
        } catch (JsonProcessingException e) {
            throw new BadFileException(file, "its header is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static NamedTensor tensor(Path file, FileChannel channel, long begin, long size, String name, Object description) throws IOException {
        Entry entry;
        Shape shape;
        try {
            entry = JSON.convertValue(description, Entry.class);
            shape = Shape.of(entry.shape().stream().mapToInt(Integer::intValue).toArray());
        } catch (IllegalArgumentException | NullPointerException e) {
            String cause = e instanceof ShapeException ? e.getMessage() : "expected dtype, shape and data_offsets";
            throw new BadFileException(file, "tensor " + name + ": got " + description + ": " + cause, e);
        }
        if (!"F32".equals(entry.dtype())) {
            throw new BadFileException(file, "tensor " + name + ": got data type " + entry.dtype() + ", expected F32");
        }
        if (entry.data_offsets() == null || entry.data_offsets().size() != 2) {
            throw new BadFileException(file, "tensor " + name + ": got data_offsets " + entry.data_offsets() + ", expected a begin and an end");
        }
        long from = entry.data_offsets().get(0);
        long to = entry.data_offsets().get(1);
        long bytes = shape.elements() * Float.BYTES;
        if (from < 0 || to - from != bytes || bytes > Integer.MAX_VALUE) {
            throw new BadFileException(file, "tensor " + name + " " + shape + ": got bytes " + from + " to " + to + ", expected " + bytes + " bytes");
        }
        if (begin + to > size) {
            throw new BadFileException(file, size, "the file ends here, expected tensor " + name + " up to byte " + (begin + to) + ": it is cut off");
        }
        float[] values = new float[(int) shape.elements()];
        buffer(file, channel, begin + from, (int) bytes).asFloatBuffer().get(values);
        return new NamedTensor(shape, values);
    }

    private static ByteBuffer buffer(Path file, FileChannel channel, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new BadFileException(file, offset + buffer.position(), "the file ends here");
            }
        }
        return buffer.flip();
    }
}
