package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.Corpus;
import dev.thalweg.fuzz.Gzip;
import dev.thalweg.fuzz.LoaderBounds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFuzzTest {
    /** Three pictures of 2×2. */
    private static final byte[] IMAGES = {
        0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
    };

    private static final byte[] LABELS = {0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2};

    @TempDir
    private static Path directory;

    private static Path valid(byte[] content) {
        try {
            return Files.write(directory.resolve("valid" + content.length), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean loadsImages(byte[] content) {
        Path labels = valid(LABELS);
        return LoaderBounds.loads(
                content, directory.resolve("x-ubyte"), file -> Idx.read(file, labels, List.of("a", "b", "c")));
    }

    private static boolean loadsLabels(byte[] content) {
        Path images = valid(IMAGES);
        return LoaderBounds.loads(
                content, directory.resolve("x-ubyte"), file -> Idx.read(images, file, List.of("a", "b", "c")));
    }

    /** As pictures and as labels, as they are and gzipped. */
    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] content) {
        for (byte[] bytes : new byte[][] {content, Gzip.of(content)}) {
            loadsImages(bytes);
            loadsLabels(bytes);
        }
    }

    @Test
    void theCorpusIsRefusedButForWholeFiles() throws IOException {
        Corpus.of(IdxFuzzTest.class, "anyBytesAreReadOrRefused").forEach((name, content) -> {
            assertEquals(name.equals("valid-images"), loadsImages(content), name);
            assertEquals(name.equals("valid-labels"), loadsLabels(content), name);
        });
    }

    @Test
    void cutOffAndCorruptedFilesAreReadOrRefused() {
        assertTrue(loadsImages(IMAGES)
                && loadsLabels(LABELS)
                && loadsImages(Gzip.of(IMAGES))
                && loadsLabels(Gzip.of(LABELS)));
        LoaderBounds.cutOff(IMAGES, content -> assertFalse(loadsImages(content) || loadsImages(Gzip.of(content))));
        LoaderBounds.cutOff(LABELS, content -> assertFalse(loadsLabels(content) || loadsLabels(Gzip.of(content))));
        LoaderBounds.cutOff(Gzip.of(IMAGES), content -> assertFalse(loadsImages(content)));
        LoaderBounds.corrupted(IMAGES, 16, content -> assertFalse(loadsImages(content)));
        LoaderBounds.corrupted(LABELS, 8, content -> assertFalse(loadsLabels(content)));
        LoaderBounds.corrupted(Gzip.of(IMAGES), Gzip.of(IMAGES).length, IdxFuzzTest::loadsImages);
    }
}
