package dev.thalweg.spark;

import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Writes the pictures of a partition one after another into a file, where any executor can read any of them: each epoch
 * wants them in another order.
 *
 * <p>Its only answer is a list of {@link StagedRow}, as bytes, which any serializer of Spark's takes.
 *
 * @param directory where the files go
 * @param run in their names: those of another run are others, of whatever program
 * @param configuration says how to reach it
 */
record Staging(String directory, UUID run, Broadcast<SerializableConfiguration> configuration)
        implements Function2<Integer, Iterator<Row>, Iterator<byte[]>> {
    /** Where the columns stand in a row: the bytes of a picture. */
    static final int IMAGE = 0;

    /** What it is called; null where it has no name. */
    static final int NAME = 1;

    /** An array of text. */
    static final int TARGETS = 2;

    @Override
    public Iterator<byte[]> call(Integer partition, Iterator<Row> rows) {
        // A task that is tried again writes another file: what a lost one has written is nobody's.
        String name = String.format(
                Locale.ROOT,
                "pictures-%s-%05d-%d.bin",
                run,
                partition,
                TaskContext.get().taskAttemptId());
        Path file = new Path(directory, name);
        List<StagedRow> staged = new ArrayList<>();
        String path = file.toString();
        try (Scope writing = new Scope()) {
            FileSystem files = file.getFileSystem(configuration.value().value());
            try (FSDataOutputStream out = files.create(file, false)) {
                // Of a row that is refused, or a task that is killed, nothing stays.
                writing.own(() -> files.delete(file, false));
                while (rows.hasNext()) {
                    Row row = rows.next();
                    String picture = row.isNullAt(NAME)
                            ? "picture " + staged.size() + " of partition " + partition
                            : row.getString(NAME);
                    Optional<String> missing = missing(row);
                    if (missing.isPresent()) {
                        return answer(List.of(new StagedRow.Refused(picture + ": " + missing.get())));
                    }
                    byte[] bytes = row.getAs(IMAGE);
                    staged.add(new StagedPicture(
                            path, out.getPos(), bytes.length, picture, new ArrayList<>(row.getList(TARGETS))));
                    out.write(bytes);
                }
            }
            var _ = writing.handOver();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return answer(staged);
    }

    private static Iterator<byte[]> answer(List<StagedRow> rows) {
        return List.of(JavaBytes.of(new ArrayList<>(rows)).array()).iterator();
    }

    private static Optional<String> missing(Row row) {
        if (row.isNullAt(IMAGE)) {
            return Optional.of("expected the bytes of a picture, got null");
        }
        return row.isNullAt(TARGETS) || row.getList(TARGETS).contains(null)
                ? Optional.of("expected a label, or whatever is to be said of it, got null")
                : Optional.empty();
    }
}
