package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.Corpus;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebpFuzzTest {
    @TempDir
    private static Path directory;

    private static boolean loads(byte[] content) {
        return loader().loads(content);
    }

    private static PictureLoader loader() {
        return new PictureLoader(directory.resolve("x.webp"));
    }

    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] content) {
        loads(content);
    }

    @Test
    void theCorpusIsRefusedButForWholePictures() throws IOException {
        Corpus.of(WebpFuzzTest.class, "anyBytesAreReadOrRefused")
                .forEach((name, content) -> assertEquals(name.startsWith("valid"), loads(content), name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"valid-lossy.webp", "valid-lossless.webp"})
    void cutOffAndCorruptedPicturesAreReadOrRefused(String name) throws IOException {
        loader().cutOffAndCorrupt(Corpus.of(WebpFuzzTest.class, "anyBytesAreReadOrRefused")
                .get(name));
    }
}
