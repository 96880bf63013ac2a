package dev.thalweg.parquet;

import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.Validity;
import dev.thalweg.data.archive.ContainedFile;
import dev.thalweg.io.BadFileException;
import dev.thalweg.picture.FileRanges;
import dev.thalweg.picture.PictureBytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** The rows of a table, of which each becomes a file {@code class/row.jpg}; rows are counted from 0. */
final class TableRows {
    private static final byte PNG_BEGINS = (byte) 0x89;

    private final Path table;
    private final ClassFolders folders;
    private final StoredPictures stored;
    private final SpilledPictures spilled;
    private final List<Row> rows = new ArrayList<>();

    private enum Lies {
        IN_TABLE,
        SPILLED,
        NOWHERE
    }

    /** A picture and where it is. */
    private record Row(String name, Lies lies, long place, int size) {}

    TableRows(Path table, ClassFolders folders, StoredPictures stored, SpilledPictures spilled) {
        this.table = table;
        this.folders = folders;
        this.stored = stored;
        this.spilled = spilled;
    }

    int count() {
        return rows.size();
    }

    /** Takes the rows that two columns are at. */
    void add(ColumnReader pictures, ColumnReader labels) throws BadFileException {
        // A row without is null.
        byte[][] some = pictures.getBinaries();
        List<String> classes = classes(labels);
        for (int i = 0; i < some.length; i++) {
            rows.add(row(classes.get(i), some[i] == null ? new byte[0] : some[i]));
        }
    }

    private List<String> classes(ColumnReader labels) throws BadFileException {
        Validity there = labels.getLeafValidity();
        PhysicalType type = labels.getColumnSchema().type();
        List<String> classes = new ArrayList<>();
        for (int i = 0; i < labels.getRecordCount(); i++) {
            long row = (long) rows.size() + i;
            if (there.isNull(i)) {
                throw folders.bad(row, "a label", "null");
            }
            classes.add(
                    switch (type) {
                        case INT32 -> folders.of(labels.getInts()[i], row);
                        case INT64 -> folders.of(labels.getLongs()[i], row);
                        default -> folders.of(labels.getStrings()[i], row);
                    });
        }
        return classes;
    }

    private Row row(String folder, byte[] picture) throws BadFileException {
        stored.nextRow();
        // A name that says picture: a row that holds none is an error, not something left out.
        boolean png = picture.length > 0 && picture[0] == PNG_BEGINS;
        String name = String.format("%s/%08d.%s", folder, rows.size(), png ? "png" : "jpg");
        if (picture.length == 0) {
            return new Row(name, Lies.NOWHERE, 0, 0);
        }
        OptionalLong inTable = stored.find(picture);
        return inTable.isPresent()
                ? new Row(name, Lies.IN_TABLE, inTable.getAsLong(), picture.length)
                : new Row(name, Lies.SPILLED, spilled.add(picture), picture.length);
    }

    /** {@return the pictures of all rows} */
    List<ContainedFile> files() throws IOException {
        MemorySegment all = spilled.all();
        List<ContainedFile> files = new ArrayList<>();
        for (Row row : rows) {
            files.add(new ContainedFile(
                    row.name(), row.size(), true, PictureBytes.within(table, row.name(), opener(row, all))));
        }
        return files;
    }

    private PictureBytes.Opener opener(Row row, MemorySegment all) {
        return switch (row.lies()) {
            case IN_TABLE -> () -> FileRanges.openPart(table, row.place(), row.size());
            case SPILLED -> () -> FileRanges.of(all.asSlice(row.place(), row.size()));
            case NOWHERE ->
                () -> {
                    throw new IOException("is null or empty, expected the bytes of a picture, not its path alone");
                };
        };
    }
}
