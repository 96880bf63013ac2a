package dev.thalweg.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CIFAR as it is published. */
class CifarArchiveTest {
    @TempDir
    private Path directory;

    @Test
    void readsTheArchive() throws IOException {
        CifarFiles.writeTen(directory);
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
        CifarFiles.checkTen(Cifar.read(archive));
        byte[] whole = Files.readAllBytes(archive);
        Files.write(archive, Arrays.copyOf(whole, whole.length / 2));
        CifarFiles.bad(archive, "expected a complete .tar.gz");
    }

    @Test
    void archivesAreReadNoFurtherThanCifarGoes() throws IOException {
        CifarFiles.bad(
                archive(member("data_batch_1.bin", 1L << 33), new byte[0]),
                "data_batch_1.bin",
                "got 8589934592 bytes",
                "at most 30730000");
        CifarFiles.bad(
                archive(new TarArchiveEntry("cifar/test_batch.bin", TarConstants.LF_GNUTYPE_SPARSE), new byte[0]),
                "test_batch.bin is sparse");
        TarArchiveEntry longName = new TarArchiveEntry(TarConstants.GNU_LONGLINK, TarConstants.LF_GNUTYPE_LONGNAME);
        longName.setSize(1 << 17);
        CifarFiles.bad(archive(longName, new byte[1 << 17]), "expected the next member's content");
    }

    @Test
    void ofAPackedFolderOfPicturesItIsSaidHowThoseArePacked() throws IOException {
        CifarFiles.bad(archive(member("cats/1.png", 1 << 10), new byte[1 << 10]), "packed as .zip or .tar");
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
}
