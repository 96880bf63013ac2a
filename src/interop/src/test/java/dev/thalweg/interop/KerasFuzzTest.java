package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.Corpus;
import dev.thalweg.fuzz.LoaderBounds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hostile files of Keras' formats. {@code keras_corpus.py} writes those that it begins with. */
class KerasFuzzTest {
    private static final int STEP = 7;

    @TempDir
    private static Path directory;

    private static boolean loads(byte[] content) {
        return LoaderBounds.loads(content, directory.resolve("x.h5"), Keras::read);
    }

    private static Map<String, byte[]> corpus() throws IOException {
        return Corpus.of(KerasFuzzTest.class, "anyBytesAreReadOrRefused");
    }

    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] content) {
        loads(content);
    }

    @Test
    void theCorpusIsRefusedButForWholeFiles() throws IOException {
        corpus().forEach((name, content) -> assertEquals(name.startsWith("valid"), loads(content), name));
    }

    /** Every few bytes, so that a build takes seconds; a fuzzer tries the others. */
    @Test
    void cutOffAndCorruptedFilesAreReadOrRefused() throws IOException {
        for (String name : List.of("valid.h5", "valid-latest.h5", "valid.keras")) {
            byte[] valid = corpus().get(name);
            for (int place = 0; place < valid.length; place += STEP) {
                loads(Arrays.copyOf(valid, place));
                byte right = valid[place];
                for (int wrong : new int[] {~right, right ^ 1}) {
                    valid[place] = (byte) wrong;
                    loads(valid);
                }
                valid[place] = right;
            }
        }
    }
}
