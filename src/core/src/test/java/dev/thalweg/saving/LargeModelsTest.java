package dev.thalweg.saving;

import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.thalweg.fuzz.LoaderBounds;
import dev.thalweg.fuzz.SafetensorsBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files whose text is as long as it may be: a little more work for each character would be too much. */
class LargeModelsTest {
    private static final int MOST_CHARACTERS = 1 << 21;

    @TempDir
    private Path directory;

    private boolean loads(byte[] content) {
        return LoaderBounds.loads(content, directory.resolve("x.safetensors"), file -> {
            ModelFile.read(file);
            return null;
        });
    }

    /** As often as characters are allowed. */
    private static String repeated(String text, int others) {
        return text.repeat((MOST_CHARACTERS - others - 300) / text.length());
    }

    private static String steps(int count, String layer) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"layer\":" + layer + ",\"from\":[" + (i + 1) + "]}")
                .collect(Collectors.joining(","));
    }

    private static String nested(String inner) {
        String json = inner;
        for (int depth = 0; depth < 14; depth++) {
            // The type comes last: what is before it is kept until it is known what it is.
            json = "{\"steps\":[{\"from\":[0],\"layer\":" + json + "}],\"type\":\"Submodule\"}";
        }
        return json;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attention",
                "pooling",
                "joined",
                "nested",
                "input",
                "from",
                "normalization",
                "class names",
                "reshape",
                "unknown"
            })
    void longModelsAreRefusedInTime(String what) {
        Map<String, String> models = Map.of(
                "attention",
                        "\"input\":[1,4,4],\"steps\":[{\"layer\":{\"type\":\"Rows\"},\"from\":[0]},"
                                + steps(5_900, "{\"type\":\"MultiHeadAttention\",\"heads\":1}") + "]",
                "pooling",
                        "\"input\":[1,4,4],\"steps\":[{\"layer\":{\"type\":\"Add\"},\"from\":[0]},"
                                + steps(
                                        5_900,
                                        "{\"type\":\"MaxPooling2D\",\"poolSize\":1,\"stride\":1,\"padding\":"
                                                + "{\"mode\":\"SAME\",\"top\":0,\"bottom\":0,\"left\":0,\"right\":0}}")
                                + ",{\"layer\":null}]",
                "joined",
                        "\"input\":[1,4,4],\"steps\":[{\"layer\":{\"type\":\"Concatenate\",\"axis\":1},\"from\":[0"
                                + ",0".repeat(5_900)
                                + "]},{\"layer\":{\"type\":\"Flatten\"},\"from\":[1]},"
                                + "{\"layer\":{\"type\":\"Dense\",\"units\":1,\"activation\":\"RELU\"},\"from\":[2]}]",
                "nested",
                        "\"input\":[1,4,4],\"steps\":[{\"layer\":"
                                + nested("{\"shape\":[1" + repeated(",1", 2_000) + "],\"type\":\"Reshape\"}")
                                + ",\"from\":[0]}]",
                "input", "\"input\":[1" + repeated(",1", 0) + "],\"steps\":[]",
                "from",
                        "\"input\":[1,4,4],\"steps\":[{\"layer\":{\"type\":\"Add\"},\"from\":[0" + repeated(",0", 0)
                                + "]}]",
                "normalization",
                        "\"input\":[1,4,4],\"steps\":[{\"layer\":{\"type\":\"Flatten\"},\"from\":[0]}],"
                                + "\"normalization\":{\"mean\":[0"
                                + repeated(",0", 0) + "]}",
                "class names", "\"input\":[1,4,4],\"steps\":[],\"classNames\":[\"\"" + repeated(",\"\"", 0) + "]",
                "reshape",
                        "\"input\":[1,4,4],\"steps\":[{\"layer\":{\"type\":\"Reshape\",\"shape\":[1" + repeated(",1", 0)
                                + "]},\"from\":[0]}]",
                "unknown", "\"" + repeated("x", 0) + "\":1");
        String json = "{\"version\":2," + models.get(what)
                + (what.equals("normalization") ? "" : ",\"normalization\":{\"mean\":[0],\"deviation\":[1]}") + "}";
        assertFalse(loads(SafetensorsBytes.withTensors(ModelFile.KEY, json)));
    }

    @Test
    void longHeadersAreRefusedInTime() {
        String entry = "\"%d\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[%d,%d]},";
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; header.length() < (1 << 23) - 200; i++) {
            header.append(entry.formatted(i, 4 * i, 4 * i + 4));
        }
        byte[] text = header.append("\"x\":1}").toString().getBytes(StandardCharsets.UTF_8);
        assertFalse(loads(ByteBuffer.allocate(Long.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array()));
    }
}
