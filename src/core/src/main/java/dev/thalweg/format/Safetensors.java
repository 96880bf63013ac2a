package dev.thalweg.format;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.files.AtomicFile;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The <a href="https://huggingface.co/docs/safetensors">safetensors</a> format: eight bytes of little-endian header
 * length, a JSON header, then the tensors' bytes without gaps. Reads floating-point numbers of all lengths, writes
 * {@code F32} and {@code I8}, in headers of at most 8 MiB.
 *
 * @param metadata free text by key
 * @param tensors by name
 */
public record Safetensors(Map<String, String> metadata, Map<String, NamedTensor> tensors) {
    /**
     * One tensor.
     *
     * @param shape the extents
     * @param dtype how its numbers stand in a file that is written: {@link DType#F32} or {@link DType#I8}
     * @param values row-major
     */
    public record NamedTensor(Shape shape, DType dtype, float[] values) {
        /**
         * A tensor in single precision.
         *
         * @param shape the extents
         * @param values row-major
         */
        public NamedTensor(Shape shape, float[] values) {
            this(shape, DType.F32, values);
        }
    }

    private record Entry(String dtype, List<Integer> shape, List<Long> data_offsets) {}

    /**
     * Hundreds of times a large network's; the format's own library allows 100 million, too many to parse for a
     * stranger.
     */
    static final int MOST_HEADER_BYTES = 1 << 23;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHUNK = 1 << 14;

    /**
     * Writes the file under a temporary name and moves it into place.
     *
     * @param file where
     * @throws IOException if it cannot be written, or its header were longer than 8 MiB; what stood there before is
     *         untouched
     */
    public void write(Path file) throws IOException {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put(SafetensorsHeader.METADATA, new TreeMap<>(metadata));
        long offset = 0;
        for (Map.Entry<String, NamedTensor> tensor : tensors.entrySet()) {
            NamedTensor content = tensor.getValue();
            long end = offset + content.values().length * (long) content.dtype().bytes();
            header.put(tensor.getKey(), new Entry(content.dtype().name(), dims(content.shape()), List.of(offset, end)));
            offset = end;
        }
        // Spaces at the end align the data, as the format's own library does.
        String json = JSON.writeValueAsString(header);
        byte[] text =
                (json + " ".repeat(-json.getBytes(StandardCharsets.UTF_8).length & 7)).getBytes(StandardCharsets.UTF_8);
        if (text.length > MOST_HEADER_BYTES) {
            throw new IOException(file + " is not written: its names and metadata take " + text.length
                    + " bytes, expected at most "
                    + MOST_HEADER_BYTES + ", more of which are not read either");
        }
        AtomicFile.write(file, out -> {
            OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
            buffered.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(text.length)
                    .array());
            buffered.write(text);
            for (NamedTensor tensor : tensors.values()) {
                write(tensor, buffered);
            }
            buffered.flush();
        });
    }

    private static void write(NamedTensor tensor, OutputStream out) throws IOException {
        float[] values = tensor.values();
        int bytes = tensor.dtype().bytes();
        ByteBuffer chunk =
                ByteBuffer.allocate(Math.min(CHUNK, values.length) * bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values.length; i += CHUNK) {
            int end = Math.min(i + CHUNK, values.length);
            tensor.dtype().write(values, i, end, chunk.clear());
            out.write(chunk.array(), 0, (end - i) * bytes);
        }
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
     * @throws BadFileException if it is no safetensors file of floating-point numbers, or is cut off
     */
    public static Safetensors read(Path file) throws IOException {
        try (SafetensorsReader content = SafetensorsReader.open(file)) {
            Map<String, NamedTensor> tensors = new LinkedHashMap<>();
            for (String name : content.names()) {
                Shape shape = content.shape(name).orElseThrow();
                tensors.put(name, new NamedTensor(shape, content.values(name)));
            }
            return new Safetensors(new LinkedHashMap<>(content.metadata()), tensors);
        }
    }
}
