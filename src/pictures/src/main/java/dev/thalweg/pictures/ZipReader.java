package dev.thalweg.pictures;

import dev.thalweg.data.archive.ContainedFile;
import dev.thalweg.data.archive.ContainerReader;
import dev.thalweg.picture.PictureBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Lists {@code .zip} archives by Apache Commons Compress. */
public final class ZipReader implements ContainerReader {
    /** As {@link java.util.ServiceLoader} makes it. */
    public ZipReader() {}

    @Override
    public String kind() {
        return ".zip";
    }

    @Override
    public boolean reads(byte[] head) {
        // A file's header, or the end of an archive without files.
        return head.length >= 4
                && head[0] == 'P'
                && head[1] == 'K'
                && (head[2] == 3 && head[3] == 4 || head[2] == 5 && head[3] == 6);
    }

    @Override
    public List<ContainedFile> list(Path container) throws IOException {
        long length = Files.size(container);
        List<ContainedFile> files = new ArrayList<>();
        try (ZipFile zip = ZipFile.builder().setPath(container).get()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
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

    private static ContainedFile file(Path container, long length, ZipArchiveEntry entry) throws IOException {
        String name = entry.getName();
        long from = entry.getDataOffset();
        long stored = entry.getCompressedSize();
        if (from < 0 || stored < 0 || entry.getSize() < 0 || stored > length - from) {
            throw new IOException("it is damaged: " + name + " is said to lie outside of its " + length + " bytes");
        }
        ZippedFile file = new ZippedFile(
                container,
                name,
                from,
                stored,
                entry.getSize(),
                entry.getMethod(),
                entry.getCrc(),
                entry.getGeneralPurposeBit().usesEncryption());
        return new ContainedFile(
                name, entry.getSize(), !entry.isUnixSymlink(), PictureBytes.within(container, name, file::open));
    }
}
