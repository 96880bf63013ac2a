package dev.thalweg.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.Corpus;
import dev.thalweg.fuzz.LoaderBounds;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsFuzzTest {
    @TempDir
    private static Path directory;

    private static boolean loads(byte[] content) {
        return LoaderBounds.loads(content, directory.resolve("x.safetensors"), file -> {
            Safetensors.read(file);
            return null;
        });
    }

    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] content) {
        loads(content);
    }

    @Test
    void theCorpusIsRefusedButForWholeFiles() throws IOException {
        Corpus.of(SafetensorsFuzzTest.class, "anyBytesAreReadOrRefused")
                .forEach((name, content) -> assertEquals(name.equals("valid"), loads(content), name));
    }

    @Test
    void cutOffAndCorruptedFilesAreReadOrRefused() throws IOException {
        Path file = directory.resolve("valid.safetensors");
        new Safetensors(Map.of("key", "value"), Map.of("a", new Safetensors.NamedTensor(Shape.of(2, 2), new float[] {
                    1, 2, 3, 4
                })))
                .write(file);
        byte[] valid = Files.readAllBytes(file);
        assertTrue(loads(valid));
        LoaderBounds.cutOff(valid, content -> assertFalse(loads(content)));
        LoaderBounds.corrupted(valid, valid.length - 16, SafetensorsFuzzTest::loads);
    }
}
