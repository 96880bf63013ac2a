package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.format.BadFileException;
import dev.thalweg.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarTest {
    @TempDir
    private Path directory;

    /** Records whose pixels all are 10 times the label, red one more, green two, blue three. */
    private static byte[] records(int labelBytes, int... labels) {
        byte[] bytes = new byte[labels.length * (labelBytes + 3072)];
        for (int i = 0; i < labels.length; i++) {
            int at = i * (labelBytes + 3072);
            bytes[at + labelBytes - 1] = (byte) labels[i];
            for (int p = 0; p < 3072; p++) {
                bytes[at + labelBytes + p] = (byte) (10 * labels[i] + 1 + p / 1024);
            }
        }
        return bytes;
    }

    private void writeTen() throws IOException {
        Files.write(directory.resolve("data_batch_1.bin"), records(1, 3, 1));
        Files.write(directory.resolve("data_batch_2.bin"), records(1, 9));
        Files.write(directory.resolve("test_batch.bin"), records(1, 0, 5));
        Files.writeString(
                directory.resolve("batches.meta.txt"),
                "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
    }

    private static void checkTen(DataSplit data) {
        try (data) {
            assertEquals(Shape.of(3, 32, 32), data.train().imageShape());
            assertEquals(3, data.train().size());
            assertEquals(2, data.test().size());
            assertEquals("truck", data.train().classNames().get(data.train().label(2)));
            assertEquals(32, data.train().pixels(0).get(ValueLayout.JAVA_BYTE, 1024));
            assertEquals(93, data.train().pixels(2).get(ValueLayout.JAVA_BYTE, 3071));
        }
    }

    @Test
    void readsTheDirectory() throws IOException {
        writeTen();
        checkTen(Cifar.read(directory));
    }

    @Test
    void readsTheArchive() throws IOException {
        writeTen();
        Path archive = directory.resolve("cifar-10-binary.tar.gz");
        try (var tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(Files.newOutputStream(archive)));
                var files = Files.newDirectoryStream(directory, "*.{bin,txt}")) {
            for (Path file : files) {
                TarArchiveEntry entry = new TarArchiveEntry(file, "cifar-10-batches-bin/" + file.getFileName());
                tar.putArchiveEntry(entry);
                tar.write(Files.readAllBytes(file));
                tar.closeArchiveEntry();
            }
        }
        checkTen(Cifar.read(archive));
        byte[] whole = Files.readAllBytes(archive);
        Files.write(archive, Arrays.copyOf(whole, whole.length / 2));
        bad(archive, "expected a complete .tar.gz");
    }

    @Test
    void readsTheFineLabelsOfCifar100() throws IOException {
        byte[] train = records(2, 3, 99);
        train[0] = 17;
        Files.write(directory.resolve("train.bin"), train);
        Files.write(directory.resolve("test.bin"), records(2, 0));
        Files.write(directory.resolve("coarse_label_names.txt"), "x\n".getBytes(StandardCharsets.UTF_8));
        try (DataSplit data = Cifar.read(directory)) {
            assertEquals(100, data.train().classNames().size());
            assertEquals(3, data.train().label(0));
            assertEquals(99, data.train().label(1));
        }
    }

    @Test
    void badFilesAreNamedWithOffsetGotAndExpected() throws IOException {
        bad(directory, "expected the files data_batch_1.bin");
        writeTen();
        Files.write(directory.resolve("data_batch_2.bin"), Arrays.copyOf(records(1, 1), 3000));
        bad(directory, "data_batch_2.bin at byte 3000", "3073");
        byte[] wrong = records(1, 1, 2);
        wrong[3073] = 12;
        Files.write(directory.resolve("data_batch_2.bin"), wrong);
        bad(directory, "data_batch_2.bin at byte 3073", "label 12", "0 to 9");
    }

    @Test
    void archivesAreReadNoFurtherThanCifarGoes() throws IOException {
        bad(
                archive(member("data_batch_1.bin", 1L << 33), new byte[0]),
                "data_batch_1.bin",
                "got 8589934592 bytes",
                "at most 30730000");
        bad(
                archive(new TarArchiveEntry("cifar/test_batch.bin", TarConstants.LF_GNUTYPE_SPARSE), new byte[0]),
                "test_batch.bin is sparse");
        TarArchiveEntry longName = new TarArchiveEntry(TarConstants.GNU_LONGLINK, TarConstants.LF_GNUTYPE_LONGNAME);
        longName.setSize(1 << 17);
        bad(archive(longName, new byte[1 << 17]), "expected the next member's content");
        Files.write(directory.resolve("fine_label_names.txt"), "\u001b[2J\n".getBytes(StandardCharsets.UTF_8));
        Files.write(directory.resolve("train.bin"), records(2, 3));
        Files.write(directory.resolve("test.bin"), records(2, 0));
        bad(directory, "fine_label_names.txt", "printable", "\uFFFD[2J");
    }

    @Test
    void aStreamEndsWhereItsLimitIs() throws IOException {
        LimitedStream stream = new LimitedStream(new ByteArrayInputStream(new byte[100]), 50);
        stream.allow(10);
        assertEquals(10, stream.readNBytes(new byte[10], 0, 10));
        assertThrows(IOException.class, stream::read);
        assertThrows(IOException.class, () -> stream.skip(1));
        stream.allow(Long.MAX_VALUE);
        assertEquals(40, stream.skip(60));
        String message =
                assertThrows(IOException.class, () -> stream.read(new byte[5])).getMessage();
        assertTrue(message.contains("byte 50, expected no more"), message);
    }

    private static TarArchiveEntry member(String name, long size) {
        TarArchiveEntry entry = new TarArchiveEntry("cifar/" + name);
        entry.setSize(size);
        return entry;
    }

    /** An archive of one member, whose content is repeated as far as it goes into the size; nothing follows. */
    private Path archive(TarArchiveEntry entry, byte[] content) throws IOException {
        Path file = directory.resolve("x.tar.gz");
        try (var out = new GzipCompressorOutputStream(Files.newOutputStream(file))) {
            // Never closed: what is announced is not all written.
            TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
            tar.putArchiveEntry(entry);
            for (long left = content.length == 0 ? 0 : entry.getSize(); left > 0; left -= content.length) {
                tar.write(content, 0, (int) Math.min(left, content.length));
            }
            tar.flush();
        }
        return file;
    }

    private static void bad(Path source, String... parts) {
        String message =
                assertThrows(BadFileException.class, () -> Cifar.read(source)).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), part + " not in: " + message);
        }
    }
}
