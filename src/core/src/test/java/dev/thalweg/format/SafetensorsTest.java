package dev.thalweg.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    private Path directory;

    /** A file put together by hand from the format's description. */
    private Path file(long length, String header, float... data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array());
        out.write(header.getBytes(StandardCharsets.UTF_8));
        for (float value : data) {
            out.write(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(value)
                    .array());
        }
        return Files.write(directory.resolve("x.safetensors"), out.toByteArray());
    }

    private Path file(String header, float... data) throws IOException {
        return file(header.getBytes(StandardCharsets.UTF_8).length, header, data);
    }

    @Test
    void readsAFileMadeByTheDescription() throws IOException {
        Safetensors content = Safetensors.read(file(
                "{\"__metadata__\":{\"k\":\"v\"},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}  ",
                7,
                8,
                9));
        assertEquals(Map.of("k", "v"), content.metadata());
        assertArrayEquals(new float[] {8, 9}, content.tensors().get("b").values());
        assertEquals(Shape.of(), content.tensors().get("a").shape());
        assertArrayEquals(new float[] {7}, content.tensors().get("a").values());
    }

    @Test
    void writesWhatItReadsInAlignedLittleEndian() throws IOException {
        Map<String, Safetensors.NamedTensor> tensors = new LinkedHashMap<>();
        tensors.put("weights", new Safetensors.NamedTensor(Shape.of(2, 3), new float[] {
            1, -2, Float.MIN_VALUE, Float.MAX_VALUE, -0f, 0.1f
        }));
        tensors.put("größe", new Safetensors.NamedTensor(Shape.of(1), new float[] {42}));
        Path file = directory.resolve("new/dir/model.safetensors");
        new Safetensors(Map.of("a", "ü\"{}"), tensors).write(file);
        Safetensors back = Safetensors.read(file);
        assertEquals("ü\"{}", back.metadata().get("a"));
        tensors.forEach((name, tensor) -> {
            assertEquals(tensor.shape(), back.tensors().get(name).shape());
            assertTrue(Arrays.equals(tensor.values(), back.tensors().get(name).values()));
        });
        byte[] bytes = Files.readAllBytes(file);
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertEquals(0, header % 8);
        assertEquals(8 + header + 7 * 4, bytes.length);
        assertEquals(42, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getFloat(bytes.length - 4));
        try (var files = Files.list(file.getParent())) {
            assertEquals(1, files.count(), "no temporary file is left");
        }
    }

    /** Bits of IEEE 754's binary16 and binary64, and of bfloat16, of 1, −2 and the nearest to ⅓. */
    @Test
    void readsOtherFloatingNumbersAsSinglePrecision() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
        data.putShort((short) 0x3C00).putShort((short) 0xC000).putShort((short) 0x3555);
        data.putShort((short) 0x3F80).putShort((short) 0xC000).putShort((short) 0x3EAB);
        data.putLong(0x3FF0000000000000L).putLong(0xC000000000000000L).putLong(0x3FD5555555555555L);
        float[] words = new float[9];
        data.flip().asFloatBuffer().get(words);
        Safetensors content = Safetensors.read(file(
                "{\"half\":{\"dtype\":\"F16\",\"shape\":[3],\"data_offsets\":[0,6]},"
                        + "\"brain\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[6,12]},"
                        + "\"double\":{\"dtype\":\"F64\",\"shape\":[3],\"data_offsets\":[12,36]}}",
                words));
        assertArrayEquals(
                new float[] {1, -2, 1365 / 4096f}, content.tensors().get("half").values());
        assertArrayEquals(
                new float[] {1, -2, 171 / 512f}, content.tensors().get("brain").values());
        assertArrayEquals(
                new float[] {1, -2, 1 / 3f}, content.tensors().get("double").values());
    }

    @Test
    void badFilesAreExplained() throws IOException {
        String one = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
        bad(Files.write(directory.resolve("tiny"), new byte[3]), "got 3 bytes");
        bad(file(1L << 40, one, 1, 2), "header length of 1099511627776", "not a safetensors file");
        bad(file(-5, one, 1, 2), "header length of -5");
        bad(file("{oops", 1), "not JSON");
        bad(file("[1]"), "not JSON");
        bad(file(one, 1), "4 bytes of data", "tensor a up to byte 8", "cut off");
        bad(file(one, 1, 2, 3), "12 bytes of data, expected 8");
        String two = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%s]}}";
        bad(file(two.formatted("4,8"), 1, 2), "tensor b begins at byte 4", "expected 8");
        bad(file(two.formatted("12,16"), 1, 2, 3, 4), "tensor b begins at byte 12", "expected 8");
        bad(file(two.formatted("8,12").replace("\"b\"", "\"a\""), 1, 2, 3), "Duplicate");
        bad(file(one + "{}", 1, 2), "behind its closing bracket");
        bad(file(one.replace("a", "\u001b[2J"), 1, 2), "not JSON");
        bad(file(one.replace("a", "\\u001b[2J").replace("F32", "x"), 1, 2), "tensor \uFFFD[2J");
        bad(file("{\"__metadata__\":{\"k\":[]}}"), "START_ARRAY", "expected texts by key");
        bad(file("{\"__metadata__\":3}"), "VALUE_NUMBER_INT", "expected texts by key");
        bad(file("{\"a\":{\"dtype\":\"C64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 1, 2), "C64", "F32");
        bad(file("{\"a\":{\"dtype\":\"I32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 1, 2), "I32", "expected F32");
        bad(
                file("{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,8]}}", 1, 2),
                "bytes 0 to 8, expected 4 bytes");
        bad(file("{\"a\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}", 1, 2), "tensor a", "String");
        bad(
                file("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 1, 2),
                "bytes 0 to 8, expected 12 bytes");
        bad(file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", 1, 2), "bytes -8 to 0");
        bad(file("{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"), "at least 1");
        bad(file("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 1, 2), "data_offsets");
        bad(file("{\"a\":3}"), "tensor a");
        bad(file("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999,99999,9999],\"data_offsets\":[0,8]}}", 1, 2), "2^40");
    }

    private static void bad(Path file, String... parts) {
        String message = assertThrows(BadFileException.class, () -> Safetensors.read(file))
                .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), part + " not in: " + message);
        }
    }
}
