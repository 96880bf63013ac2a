package dev.thalweg.parquet;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.FileMetaData;
import dev.hardwood.reader.ColumnReaders;
import dev.hardwood.reader.ParquetFileReader;
import dev.thalweg.data.archive.ContainedFile;
import dev.thalweg.data.archive.ContainerReader;
import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Lists the pictures of Parquet tables by Hardwood. The table is gone through once, a few rows at a time; then a
 * picture is read where it lies in the file, or, if its column is compressed, from a temporary file.
 */
public final class ParquetReader implements ContainerReader {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.ISO_8859_1);
    /** So many pictures are in memory at a time, or what a few of the file's pages hold. */
    private static final int BATCH = 8;

    /** Held, for a level that nobody holds is forgotten: what Hardwood tells of its own ways is nobody's concern. */
    private static final Logger LOG = Logger.getLogger("dev.hardwood");

    static {
        LOG.setLevel(Level.WARNING);
        // It would call a library of the system where there is one, which modules may do by the user's leave alone.
        System.getProperties().putIfAbsent("hardwood.uselibdeflate", "false");
    }

    /** As {@link java.util.ServiceLoader} makes it. */
    public ParquetReader() {}

    @Override
    public String kind() {
        return ".parquet";
    }

    @Override
    public boolean reads(byte[] head) {
        return head.length >= MAGIC.length && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    @Override
    public boolean readsTables() {
        return true;
    }

    @Override
    public List<ContainedFile> list(Path container) throws IOException {
        try (ParquetFileReader file = ParquetFileReader.open(InputFile.of(container))) {
            return list(container, file);
        } catch (RuntimeException e) {
            // How Hardwood answers what makes no sense, and passes on what went wrong in other threads.
            throw new IOException(cause(e), e);
        }
    }

    private static String cause(Throwable e) {
        Throwable first = e;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return first instanceof IOException && first.getMessage() != null ? first.getMessage() : first.toString();
    }

    private static List<ContainedFile> list(Path container, ParquetFileReader file) throws IOException {
        FileMetaData metadata = file.getFileMetaData();
        Map<String, List<String>> classNames = ClassFolders.named(container, metadata.keyValueMetadata());
        TableColumns columns = TableColumns.of(container, file.getFileSchema(), classNames.keySet());
        ClassFolders folders = new ClassFolders(container, classNames.getOrDefault(columns.label(), List.of()));
        try (StoredPictures stored = new StoredPictures(container, metadata.rowGroups(), columns.picture());
                SpilledPictures spilled = new SpilledPictures(container);
                ColumnReaders readers = file.buildColumnReaders(columns.projection())
                        .batchSize(BATCH)
                        .build()) {
            TableRows rows = new TableRows(container, folders, stored, spilled);
            while (readers.nextBatch()) {
                rows.add(columns.pictureOf(readers), columns.labelOf(readers));
            }
            if (rows.count() != metadata.numRows()) {
                throw new BadFileException(
                        container, "expected " + metadata.numRows() + " rows, as it says, got " + rows.count());
            }
            return rows.files();
        }
    }
}
