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

class PicturesFuzzTest {
    @TempDir
    private static Path directory;

    private static boolean loads(byte[] content) {
        return loader().loads(content);
    }

    private static PictureLoader loader() {
        return new PictureLoader(directory.resolve("x.png"));
    }

    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] content) {
        loads(content);
    }

    @Test
    void theCorpusIsRefusedButForWholePictures() throws IOException {
        Corpus.of(PicturesFuzzTest.class, "anyBytesAreReadOrRefused")
                .forEach((name, content) -> assertEquals(name.startsWith("valid"), loads(content), name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "valid.png",
                "valid-grey.jpg",
                "valid-progressive.jpg",
                "valid.gif",
                "valid.bmp",
                "valid.tiff",
                "valid.ppm",
                "valid-plain.pgm"
            })
    void cutOffAndCorruptedPicturesAreReadOrRefused(String name) throws IOException {
        loader().cutOffAndCorrupt(Corpus.of(PicturesFuzzTest.class, "anyBytesAreReadOrRefused")
                .get(name));
    }
}
