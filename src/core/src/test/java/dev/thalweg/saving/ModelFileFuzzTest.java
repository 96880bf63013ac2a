package dev.thalweg.saving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.Corpus;
import dev.thalweg.fuzz.LoaderBounds;
import dev.thalweg.fuzz.SafetensorsBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFileFuzzTest {
    @TempDir
    private static Path directory;

    private static boolean loads(String json) {
        byte[] content = SafetensorsBytes.withTensors(ModelFile.KEY, json);
        return LoaderBounds.loads(content, directory.resolve("x.safetensors"), file -> {
            ModelFile.read(file);
            return null;
        });
    }

    @FuzzTest
    void anyJsonIsReadOrRefused(byte[] json) {
        loads(new String(json, StandardCharsets.UTF_8));
    }

    @Test
    void theCorpusIsRefusedButForWholeModels() throws IOException {
        Map<String, byte[]> corpus = Corpus.of(ModelFileFuzzTest.class, "anyJsonIsReadOrRefused");
        corpus.forEach((name, json) ->
                assertEquals(name.startsWith("valid"), loads(new String(json, StandardCharsets.UTF_8)), name));
        assertTrue(corpus.size() > 60);
    }

    @Test
    void cutOffAndCorruptedModelsAreReadOrRefused() throws IOException {
        byte[] valid =
                Corpus.of(ModelFileFuzzTest.class, "anyJsonIsReadOrRefused").get("valid.json");
        LoaderBounds.cutOff(valid, content -> assertFalse(loads(new String(content, StandardCharsets.UTF_8))));
        LoaderBounds.corrupted(valid, valid.length, content -> loads(new String(content, StandardCharsets.UTF_8)));
    }
}
