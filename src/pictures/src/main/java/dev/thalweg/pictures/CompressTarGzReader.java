package dev.thalweg.pictures;

import dev.thalweg.data.archive.ArchiveMember;
import dev.thalweg.data.archive.TarGzReader;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Reads archives by Apache Commons Compress. */
public final class CompressTarGzReader implements TarGzReader {
    /** What the headers of one member may take: names of files are short. */
    private static final long MOST_HEADER_BYTES = 1 << 16;

    /** As {@link java.util.ServiceLoader} makes it. */
    public CompressTarGzReader() {}

    @Override
    public void read(InputStream archive, long mostBytes, Visitor visitor) throws IOException {
        LimitedStream unzipped = new LimitedStream(new GzipCompressorInputStream(archive), mostBytes);
        TarArchiveInputStream tar = new TarArchiveInputStream(unzipped);
        unzipped.allow(MOST_HEADER_BYTES);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            unzipped.allow(Math.min(entry.getSize(), mostBytes) + MOST_HEADER_BYTES);
            boolean plain = entry.isFile() && !entry.isSparse();
            visitor.visit(new ArchiveMember(entry.getName(), entry.getSize(), plain), tar);
        }
    }
}
