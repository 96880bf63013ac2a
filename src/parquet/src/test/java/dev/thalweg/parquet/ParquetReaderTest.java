package dev.thalweg.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.thalweg.data.archive.ContainedFile;
import dev.thalweg.picture.FileRanges;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where pictures are read from shows once the table is gone. */
class ParquetReaderTest {
    @TempDir
    private Path temporary;

    private List<ContainedFile> listed(String name) throws IOException {
        Path copy = temporary.resolve(name);
        try (InputStream table = ParquetReaderTest.class.getResourceAsStream("/tables/" + name)) {
            Files.copy(table, copy);
        }
        List<ContainedFile> files = new ParquetReader().list(copy);
        assertEquals(30, files.size());
        return files;
    }

    private void removeTable(String name) throws IOException {
        Files.delete(temporary.resolve(name));
    }

    private static byte[] bytes(ContainedFile file) throws IOException {
        try (FileRanges ranges = file.bytes().open()) {
            byte[] bytes = new byte[(int) ranges.length()];
            ranges.readFully(bytes);
            assertEquals(file.size(), bytes.length);
            return bytes;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"uncompressed.parquet", "uncompressed-dictionary.parquet"})
    void picturesAreReadWhereTheyLie(String name) throws IOException {
        List<ContainedFile> files = listed(name);
        for (ContainedFile file : files) {
            bytes(file);
        }
        removeTable(name);
        for (ContainedFile file : files) {
            assertThrows(NoSuchFileException.class, () -> bytes(file), file.name());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy.parquet", "zstd.parquet", "gzip.parquet"})
    void compressedPicturesAreReadFromElsewhere(String name) throws IOException {
        List<ContainedFile> files = listed(name);
        removeTable(name);
        List<ContainedFile> same = listed("uncompressed.parquet");
        for (int i = 0; i < 30; i++) {
            assertEquals(same.get(i).name(), files.get(i).name());
            assertArrayEquals(
                    bytes(same.get(i)), bytes(files.get(i)), files.get(i).name());
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void theTemporaryFileHasNoName() throws IOException {
        List<ContainedFile> files = listed("snappy.parquet");
        Path temporaries = Path.of(System.getProperty("java.io.tmpdir"));
        try (Stream<Path> left = Files.list(temporaries)) {
            assertEquals(
                    List.of(),
                    left.map(Path::getFileName)
                            .map(Path::toString)
                            .filter(name -> name.startsWith("thalweg-") && name.endsWith(".pictures"))
                            .toList());
        }
        assertEquals(30, files.size());
    }
}
