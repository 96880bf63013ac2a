package dev.thalweg.parquet;

import dev.hardwood.metadata.ColumnChunk;
import dev.hardwood.metadata.ColumnMetaData;
import dev.hardwood.metadata.CompressionCodec;
import dev.hardwood.metadata.RowGroup;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds out where in a Parquet file pictures lie as they are. Where a column is not compressed, its values follow each
 * other, in a page of their own if they are collected in a dictionary, with a page's header between some of them. So
 * each is looked for a little behind the one before; what is found there is the picture, since all its bytes are
 * compared.
 */
final class StoredPictures implements AutoCloseable {
    /** Before each value stands its length. */
    private static final int LENGTH = Integer.BYTES;
    /** How far the next value may be: a page's header, and how deep its values are nested. */
    private static final long FARTHEST = 1 << 16;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment file;
    private final String column;
    private final Iterator<RowGroup> groups;
    private long rowsLeft;
    /** Where the last picture ended. */
    private long place;
    /** Whether pictures of this row group were found so far. */
    private boolean follows;

    StoredPictures(Path path, List<RowGroup> groups, String column) throws IOException {
        this.column = column;
        this.groups = groups.iterator();
        try (FileChannel channel = FileChannel.open(path)) {
            file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /** Goes on to the next row. */
    void nextRow() {
        while (rowsLeft <= 0 && groups.hasNext()) {
            RowGroup group = groups.next();
            rowsLeft = group.numRows();
            Optional<ColumnChunk> chunk = group.columns().stream()
                    .filter(c -> c.metaData().pathInSchema().toString().equals(column))
                    .findFirst();
            follows = chunk.map(ColumnChunk::metaData)
                    .map(ColumnMetaData::codec)
                    .equals(Optional.of(CompressionCodec.UNCOMPRESSED));
            place = chunk.map(ColumnChunk::chunkStartOffset).orElse(0L);
        }
        rowsLeft--;
    }

    /** {@return where this row's picture lies in the file; empty if it does not, as it is} */
    OptionalLong find(byte[] picture) {
        if (!follows || place < 0) {
            return OptionalLong.empty();
        }
        MemorySegment wanted = MemorySegment.ofArray(picture);
        long last = Math.min(place + FARTHEST, file.byteSize() - picture.length);
        for (long from = place + LENGTH; from <= last; from++) {
            if (file.asSlice(from, picture.length).mismatch(wanted) < 0) {
                place = from + picture.length;
                return OptionalLong.of(from);
            }
        }
        follows = false;
        return OptionalLong.empty();
    }

    @Override
    public void close() {
        arena.close();
    }
}
