package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.fuzz.Corpus;
import dev.thalweg.fuzz.LoaderBounds;
import dev.thalweg.fuzz.SafetensorsBytes;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFuzzTest {
    private static final String MODEL = """
            {"version":2,"input":[1,4,4],"steps":[{"layer":{"type":"Flatten"},"from":[0]},
            {"layer":{"type":"Dense","units":2,"activation":"SOFTMAX","useBias":false},"from":[1]}],
            "normalization":{"mean":[0],"deviation":[1]}}
            """;

    @TempDir
    private static Path directory;

    private static byte[] file(String json) {
        return SafetensorsBytes.withTensors("thalweg.model", MODEL, "thalweg.training", json);
    }

    private static boolean loads(String json) {
        return LoaderBounds.loads(file(json), directory.resolve("x.safetensors"), file -> {
            Checkpoint.read(file);
            return null;
        });
    }

    /**
     * A training's progress with every member given: numbers 1 but for the version, texts "x", lists and maps of one
     * member.
     */
    private static String progress() throws IOException {
        Map<String, Object> members = members(Checkpoint.Progress.class);
        members.put("version", Checkpoint.VERSION);
        return new ObjectMapper().writeValueAsString(members);
    }

    private static Map<String, Object> members(Class<?> of) {
        return Arrays.stream(of.getRecordComponents())
                .collect(Collectors.toMap(RecordComponent::getName, c -> example(c.getGenericType())));
    }

    private static Object example(Type type) {
        if (type instanceof ParameterizedType list) {
            Object member = example(list.getActualTypeArguments()[list.getActualTypeArguments().length - 1]);
            return list.getRawType() == Map.class ? Map.of("x", member) : List.of(member);
        }
        Class<?> of = (Class<?>) type;
        if (of.isRecord()) {
            return members(of);
        }
        return of == String.class
                ? "x"
                : of == boolean.class ? (Object) true : of.isEnum() ? of.getEnumConstants()[0] : (Object) 1;
    }

    @FuzzTest
    void anyTrainingIsReadOrRefused(byte[] json) {
        loads(new String(json, StandardCharsets.UTF_8));
    }

    @Test
    void theCorpusIsRefusedButForWholeTrainings() throws IOException {
        Corpus.of(CheckpointFuzzTest.class, "anyTrainingIsReadOrRefused")
                .forEach((name, json) ->
                        assertEquals(name.startsWith("valid"), loads(new String(json, StandardCharsets.UTF_8)), name));
    }

    @Test
    void cutOffAndCorruptedTrainingsAreReadOrRefused() throws IOException {
        Checkpoint read = Checkpoint.read(Files.write(directory.resolve("valid.safetensors"), file(progress())));
        assertEquals(1, read.slots().get("dense.kernel").size());
        assertArrayEquals(new float[1], read.callbacks().getFirst().get("best"));
        byte[] valid = progress().getBytes(StandardCharsets.UTF_8);
        LoaderBounds.cutOff(valid, content -> assertFalse(loads(new String(content, StandardCharsets.UTF_8))));
        LoaderBounds.corrupted(valid, valid.length, content -> loads(new String(content, StandardCharsets.UTF_8)));
    }
}
