package dev.thalweg.spark;

import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
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
 * <p>Its only answer is a list of {@link StagedPicture}, as bytes, which any serializer of Spark's takes.
 *
 * @param directory where the files go
 * @param configuration says how to reach it
 */
record Staging(String directory, Broadcast<SerializableConfiguration> configuration)
        implements Function2<Integer, Iterator<Row>, Iterator<byte[]>> {
    /** Where the columns stand in a row. */
    static final int IMAGE = 0;

    /** As {@link #IMAGE}. */
    static final int LABEL = 1;

    @Override
    public Iterator<byte[]> call(Integer partition, Iterator<Row> rows) {
        // A task that is tried again writes another file: what a lost one has written is nobody's.
        String name = String.format(
                Locale.ROOT,
                "pictures-%05d-%d.bin",
                partition,
                TaskContext.get().taskAttemptId());
        Path file = new Path(directory, name);
        ArrayList<StagedPicture> staged = new ArrayList<>();
        try (Scope writing = new Scope()) {
            FileSystem files = file.getFileSystem(configuration.value().value());
            // Of a row that is refused, or a task that is killed, nothing stays.
            writing.own(() -> files.delete(file, false));
            try (FSDataOutputStream out = files.create(file, false)) {
                while (rows.hasNext()) {
                    Row row = rows.next();
                    String picture = "picture " + staged.size() + " of partition " + partition;
                    byte[] bytes = row.getAs(IMAGE);
                    Object label = row.get(LABEL);
                    if (bytes == null || label == null) {
                        throw new IllegalArgumentException(picture + ": expected a picture with a label, got "
                                + (bytes == null ? "no bytes" : "none"));
                    }
                    staged.add(
                            new StagedPicture(file.toString(), out.getPos(), bytes.length, picture, label.toString()));
                    out.write(bytes);
                }
            }
            var _ = writing.handOver();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(JavaBytes.of(staged).array()).iterator();
    }
}
