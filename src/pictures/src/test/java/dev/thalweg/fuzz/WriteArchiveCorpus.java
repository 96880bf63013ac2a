package dev.thalweg.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes the archives of the fuzz tests' corpus, of which each was once answered wrongly or is whole, into
 * {@code src/test/resources}: {@code java -cp target/test-classes:… dev.thalweg.fuzz.WriteArchiveCorpus}. Those that a
 * fuzzer found are committed as they are.
 */
public final class WriteArchiveCorpus {
    private static final int RECORD = 1 + 3 * 32 * 32;

    private WriteArchiveCorpus() {}

    private static void put(Path inputs, String name, byte[] content) throws IOException {
        Files.write(Files.createDirectories(inputs).resolve(name), content);
    }

    private static byte[] padded(byte[] content, int zeros) {
        return Arrays.copyOf(content, content.length + zeros);
    }

    /** Blocks of an archive: each member's header, and as much content as it says if that is a record or less. */
    private static byte[] tar(List<TarArchiveEntry> members) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // Never closed: what is announced is not all written.
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, 512);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
        for (TarArchiveEntry member : members) {
            tar.putArchiveEntry(member);
            if (member.getSize() > RECORD) {
                break;
            }
            tar.write(new byte[(int) member.getSize()]);
            tar.closeArchiveEntry();
        }
        tar.flush();
        return padded(out.toByteArray(), 1024);
    }

    private static TarArchiveEntry member(String name, byte type, long size) {
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setSize(size);
        entry.setModTime(0);
        return entry;
    }

    private static void writeCifar(Path inputs) throws IOException {
        TarArchiveEntry test = member("c/test_batch.bin", TarConstants.LF_NORMAL, RECORD);
        byte[] valid = tar(List.of(member("c/data_batch_1.bin", TarConstants.LF_NORMAL, RECORD), test));
        put(inputs, "valid.tar", valid);
        put(inputs, "valid.tar.gz", Gzip.of(valid));
        put(inputs, "record", new byte[RECORD]);
        put(
                inputs,
                "sparse.tar.gz",
                Gzip.of(tar(List.of(member("c/test_batch.bin", TarConstants.LF_GNUTYPE_SPARSE, 0)))));
        put(
                inputs,
                "eight-gigabytes.tar.gz",
                Gzip.of(tar(List.of(member("c/data_batch_1.bin", TarConstants.LF_NORMAL, 1L << 33)))));
        put(
                inputs,
                "unknown-exabytes.tar.gz",
                Gzip.of(tar(List.of(member("readme", TarConstants.LF_NORMAL, Long.MAX_VALUE)))));
        put(inputs, "twice.tar.gz", Gzip.of(tar(List.of(test, test))));
        put(inputs, "name-of-slashes.tar.gz", Gzip.of(tar(List.of(member("//", TarConstants.LF_NORMAL, 0)))));
        put(inputs, "link.tar.gz", Gzip.of(tar(List.of(member("c/test_batch.bin", TarConstants.LF_SYMLINK, 0)))));
        put(
                inputs,
                "long-name.tar.gz",
                Gzip.of(padded(
                        tar(List.of(member("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME, 1 << 20))), 1 << 20)));
        put(
                inputs,
                "pax-header.tar.gz",
                Gzip.of(tar(List.of(member("x", TarConstants.LF_PAX_EXTENDED_HEADER_LC, 1 << 30)))));
    }

    /**
     * Writes them.
     *
     * @param arguments none
     * @throws IOException if one cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        writeCifar(Path.of("src/test/resources/dev/thalweg/data/CifarFuzzTestInputs/anyBytesAreReadOrRefused"));
    }
}
