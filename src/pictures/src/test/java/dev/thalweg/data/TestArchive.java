package dev.thalweg.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipMethod;

/** Archives for tests. */
enum TestArchive {
    ZIP("zip"),
    STORED_ZIP("zip"),
    TAR("tar");

    /** A file in an archive. */
    record Entry(String name, byte[] content) {}

    private final String suffix;

    TestArchive(String suffix) {
        this.suffix = suffix;
    }

    String suffix() {
        return suffix;
    }

    /** Packs all files of a folder. */
    Path pack(Path folder, String prefix, Path archive) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file)
                        .toString()
                        .replace(file.getFileSystem().getSeparator(), "/");
                entries.add(new Entry(prefix + name, Files.readAllBytes(file)));
            }
        }
        return write(archive, entries);
    }

    /** Writes an archive; names are taken as they are. */
    Path write(Path archive, List<Entry> entries) throws IOException {
        if (this == TAR) {
            writeTar(archive, entries);
        } else {
            writeZip(archive, entries);
        }
        return archive;
    }

    private void writeTar(Path archive, List<Entry> entries) throws IOException {
        try (OutputStream out = Files.newOutputStream(archive);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(out, StandardCharsets.UTF_8.name())) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Entry entry : entries) {
                TarArchiveEntry header = new TarArchiveEntry(entry.name(), true);
                header.setSize(entry.content().length);
                tar.putArchiveEntry(header);
                tar.write(entry.content());
                tar.closeArchiveEntry();
            }
        }
    }

    private void writeZip(Path archive, List<Entry> entries) throws IOException {
        try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(archive)) {
            for (Entry entry : entries) {
                ZipArchiveEntry header = new ZipArchiveEntry(entry.name());
                header.setMethod((this == ZIP ? ZipMethod.DEFLATED : ZipMethod.STORED).getCode());
                header.setSize(entry.content().length);
                CRC32 crc = new CRC32();
                crc.update(entry.content());
                header.setCrc(crc.getValue());
                zip.putArchiveEntry(header);
                zip.write(entry.content());
                zip.closeArchiveEntry();
            }
        }
    }
}
