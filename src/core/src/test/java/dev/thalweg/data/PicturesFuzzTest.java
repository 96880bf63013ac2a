package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.Corpus;
import dev.thalweg.fuzz.LoaderBounds;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PicturesFuzzTest {
    private static final Shape SHAPE = Shape.of(3, 8, 8);
    /** Bytes in which the headers of the corpus' pictures lie. */
    private static final int HEADER = 256;

    @TempDir
    private static Path directory;

    private static boolean loads(byte[] content) {
        LoaderBounds.loads(content, directory.resolve("x.png"), file -> {
            Pictures.header(file);
            return null;
        });
        return LoaderBounds.loads(content, directory.resolve("x.png"), file -> {
            Pictures.read(file, SHAPE, Resize.CROP);
            return null;
        });
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
        byte[] valid =
                Corpus.of(PicturesFuzzTest.class, "anyBytesAreReadOrRefused").get(name);
        LoaderBounds.cutOff(valid, PicturesFuzzTest::loads);
        LoaderBounds.corrupted(valid, Math.min(valid.length, HEADER), PicturesFuzzTest::loads);
    }
}
