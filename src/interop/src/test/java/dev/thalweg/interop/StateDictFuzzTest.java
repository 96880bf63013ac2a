package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.Corpus;
import dev.thalweg.fuzz.LoaderBounds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a file, its tensors are read or it is refused; nothing in a pickle is run. */
class StateDictFuzzTest {
    private static final int LARGEST = 1 << 20;

    @TempDir
    private static Path directory;

    /** Opens a file and reads its tensors, but for those that are larger than a small network would ask for. */
    private static boolean loads(byte[] content) {
        return LoaderBounds.loads(content, directory.resolve("x.pth"), file -> {
            try (StateDict weights = StateDict.open(file)) {
                for (String name : weights.names()) {
                    if (isSmall(weights, name)) {
                        weights.values(name);
                    }
                }
            }
            return null;
        });
    }

    private static boolean isSmall(StateDict weights, String name) {
        try {
            return weights.shape(name).elements() <= LARGEST;
        } catch (IllegalArgumentException e) {
            // It holds nothing, or more than there can be.
            return false;
        }
    }

    private static byte[] archive(byte[] pickle) {
        return TorchArchives.archive(pickle, 6, false);
    }

    /** As a file, and as the pickle in an archive. */
    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] content) {
        loads(content);
        loads(archive(content));
    }

    @Test
    void theCorpusIsRefusedButForWholePickles() throws IOException {
        Map<String, byte[]> corpus = Corpus.of(StateDictFuzzTest.class, "anyBytesAreReadOrRefused");
        corpus.forEach((name, pickle) -> assertEquals(name.startsWith("valid"), loads(archive(pickle)), name));
        assertTrue(corpus.size() > 10);
    }

    @Test
    void cutOffAndCorruptedFilesAreReadOrRefused() {
        byte[] valid = archive(TorchArchives.TRANSPOSED);
        assertTrue(loads(valid));
        LoaderBounds.cutOff(valid, content -> assertFalse(loads(content)));
        LoaderBounds.corrupted(valid, valid.length, StateDictFuzzTest::loads);
        LoaderBounds.cutOff(TorchArchives.TRANSPOSED, pickle -> assertFalse(loads(archive(pickle))));
        LoaderBounds.corrupted(
                TorchArchives.TRANSPOSED, TorchArchives.TRANSPOSED.length, pickle -> loads(archive(pickle)));
    }
}
