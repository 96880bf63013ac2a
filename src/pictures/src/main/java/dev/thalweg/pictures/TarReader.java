package dev.thalweg.pictures;

import dev.thalweg.data.archive.ContainedFile;
import dev.thalweg.data.archive.ContainerReader;
import dev.thalweg.picture.FileRanges;
import dev.thalweg.picture.PictureBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarFile;

/** Lists {@code .tar} archives by Apache Commons Compress; their files are read where they lie. */
public final class TarReader implements ContainerReader {
    /** As {@link java.util.ServiceLoader} makes it. */
    public TarReader() {}

    @Override
    public String kind() {
        return ".tar";
    }

    @Override
    public boolean reads(byte[] head) {
        return head.length == HEAD && TarArchiveInputStream.matches(head, head.length);
    }

    @Override
    public List<ContainedFile> list(Path container) throws IOException {
        long length = Files.size(container);
        List<ContainedFile> files = new ArrayList<>();
        try (TarFile tar = new TarFile(container, StandardCharsets.UTF_8.name())) {
            for (TarArchiveEntry entry : tar.getEntries()) {
                if (!entry.isDirectory()) {
                    files.add(file(container, length, entry));
                }
            }
        } catch (IllegalArgumentException e) {
            // How headers that make no sense are answered too.
            throw new IOException(e.getMessage(), e);
        }
        return files;
    }

    private static ContainedFile file(Path container, long length, TarArchiveEntry entry) throws IOException {
        boolean plain = entry.isFile() && !entry.isLink() && !entry.isSymbolicLink() && !entry.isSparse();
        long from = entry.getDataOffset();
        long size = plain ? entry.getSize() : 0;
        if (size > length - from) {
            throw new IOException("it is cut off: " + entry.getName() + " goes on behind the end, byte " + length);
        }
        return new ContainedFile(
                entry.getName(),
                size,
                plain,
                PictureBytes.within(container, entry.getName(), () -> FileRanges.openPart(container, from, size)));
    }
}
