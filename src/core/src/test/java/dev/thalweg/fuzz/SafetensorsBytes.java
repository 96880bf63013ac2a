package dev.thalweg.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Safetensors files put together by hand, with whatever metadata. */
public final class SafetensorsBytes {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SafetensorsBytes() {}

    /**
     * {@return a file with metadata and the tensors of a small network, all zero}
     *
     * @param metadata keys and texts in turn
     */
    public static byte[] withTensors(String... metadata) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < metadata.length; i += 2) {
            texts.put(metadata[i], metadata[i + 1]);
        }
        Map<String, Object> header = new LinkedHashMap<>();
        header.put("__metadata__", texts);
        header.put("s/conv2d.kernel", tensor(0, 1, 1, 3, 3));
        header.put("dense.kernel", tensor(9, 2, 16));
        header.put("optimizer/dense.kernel/0", tensor(41, 2, 16));
        header.put("callback/0/best", tensor(73, 1));
        try {
            byte[] text = JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
            int floats = 74;
            return ByteBuffer.allocate(Long.BYTES + text.length + floats * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(text.length)
                    .put(text)
                    .array();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> tensor(int begin, Integer... shape) {
        int elements = List.of(shape).stream().reduce(1, (a, b) -> a * b);
        return Map.of(
                "dtype",
                "F32",
                "shape",
                List.of(shape),
                "data_offsets",
                List.of(begin * Float.BYTES, (begin + elements) * Float.BYTES));
    }
}
