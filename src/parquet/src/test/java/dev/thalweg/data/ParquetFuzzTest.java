package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.Corpus;
import dev.thalweg.fuzz.LoaderBounds;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetFuzzTest {
    /** So many lengths and places are tried of a file. */
    private static final int TRIED = 200;

    @TempDir
    private static Path directory;

    private static boolean loads(byte[] content) {
        return LoaderBounds.loads(
                content,
                directory.resolve("x.parquet"),
                file -> ImageFolder.of(file).imageShape(Shape.of(3, 4, 6)).read());
    }

    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] content) {
        loads(content);
    }

    @Test
    void theCorpusIsRefusedButForWholeTables() throws IOException {
        Corpus.of(ParquetFuzzTest.class, "anyBytesAreReadOrRefused")
                .forEach((name, content) -> assertEquals(name.startsWith("valid"), loads(content), name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"valid-snappy.parquet", "valid-uncompressed.parquet"})
    void cutOffAndCorruptedTablesAreReadOrRefused(String name) throws IOException {
        byte[] valid =
                Corpus.of(ParquetFuzzTest.class, "anyBytesAreReadOrRefused").get(name);
        for (int i = 0; i < TRIED; i++) {
            int place = (int) ((long) valid.length * i / TRIED);
            assertFalse(loads(Arrays.copyOf(valid, place)), "cut at " + place);
            for (int wrong : new int[] {~valid[place], valid[place] ^ 1, 0x7f}) {
                byte[] corrupted = valid.clone();
                corrupted[place] = (byte) wrong;
                loads(corrupted);
            }
        }
    }
}
