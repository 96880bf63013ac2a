package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.thalweg.fuzz.Corpus;
import dev.thalweg.fuzz.Gzip;
import dev.thalweg.fuzz.LoaderBounds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFuzzTest {
    private static final int RECORD = 1 + 3 * 32 * 32;
    private static final int BLOCK = 512;

    @TempDir
    private static Path directory;

    private static boolean loads(byte[] archive) {
        return LoaderBounds.loads(archive, directory.resolve("x.tar.gz"), Cifar::read);
    }

    /** One record to learn from, one to test on. */
    private static byte[] tar() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, BLOCK)) {
            for (String name : List.of("a/data_batch_1.bin", "a/test_batch.bin")) {
                TarArchiveEntry entry = new TarArchiveEntry(name);
                entry.setSize(RECORD);
                tar.putArchiveEntry(entry);
                tar.write(new byte[RECORD]);
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** As an archive, as one before it is compressed, and as the files of a directory. */
    @FuzzTest
    void anyBytesAreReadOrRefused(byte[] content) throws IOException {
        loads(content);
        loads(Gzip.of(content));
        for (List<String> names : List.of(
                List.of("data_batch_1.bin", "test_batch.bin", "batches.meta.txt"), List.of("train.bin", "test.bin"))) {
            Path files = Files.createDirectories(directory.resolve("x"));
            for (String name : names) {
                Files.write(files.resolve(name), content);
            }
            LoaderBounds.loads(files, Cifar::read);
            for (String name : names) {
                Files.delete(files.resolve(name));
            }
        }
    }

    @Test
    void theCorpusIsRefusedButForWholeArchives() throws IOException {
        Corpus.of(CifarFuzzTest.class, "anyBytesAreReadOrRefused")
                .forEach((name, content) -> assertEquals(name.equals("valid.tar.gz"), loads(content), name));
    }

    @Test
    void cutOffAndCorruptedArchivesAreReadOrRefused() {
        byte[] valid = tar();
        byte[] compressed = Gzip.of(valid);
        assertTrue(loads(compressed));
        LoaderBounds.cutOff(compressed, content -> assertFalse(loads(content)));
        LoaderBounds.corrupted(compressed, compressed.length, CifarFuzzTest::loads);
        LoaderBounds.corrupted(valid, BLOCK, content -> loads(Gzip.of(content)));
        // Within the first member; of whole members the rest is missing.
        LoaderBounds.cutOff(Arrays.copyOf(valid, 2 * BLOCK), content -> assertFalse(loads(Gzip.of(content))));
    }
}
