package dev.thalweg.spark;

import dev.thalweg.inference.Inference;
import dev.thalweg.inference.Predictions;
import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows whose last column, a picture, gives way to what a model says of it; asked for in batches. */
final class Answers implements Iterator<Row> {
    private static final System.Logger LOG = System.getLogger(Answers.class.getName());

    private final Iterator<Row> rows;
    private final Inference inference;
    private final AnswerColumns columns;
    private final boolean skipsBad;
    private final Deque<Row> ready = new ArrayDeque<>();
    private long taken;

    Answers(Iterator<Row> rows, Inference inference, AnswerColumns columns, boolean skipsBad) {
        this.rows = rows;
        this.inference = inference;
        this.columns = columns;
        this.skipsBad = skipsBad;
    }

    @Override
    public boolean hasNext() {
        return !ready.isEmpty() || rows.hasNext();
    }

    @Override
    public Row next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        if (ready.isEmpty()) {
            ask();
        }
        return ready.remove();
    }

    private void ask() {
        List<Row> batch = new ArrayList<>();
        List<byte[]> pictures = new ArrayList<>();
        BitSet readable = new BitSet();
        while (batch.size() < FrozenModel.BATCH && rows.hasNext()) {
            Row row = rows.next();
            batch.add(row);
            try {
                pictures.add(decoded(row));
                readable.set(batch.size() - 1);
            } catch (BadFileException bad) {
                if (!skipsBad) {
                    throw new UncheckedIOException(bad);
                }
                LOG.log(System.Logger.Level.WARNING, "no answer: " + bad.getMessage());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        Predictions said = inference.predict(pictures);
        int picture = 0;
        for (int i = 0; i < batch.size(); i++) {
            ready.add(answered(batch.get(i), readable.get(i) ? columns.values(said, picture++) : List.of()));
        }
    }

    private byte[] decoded(Row row) throws IOException {
        String name = "picture " + taken++ + " of partition " + TaskContext.getPartitionId();
        byte[] file = row.getAs(row.length() - 1);
        if (file == null) {
            throw new BadFileException(Path.of(name), "expected a picture file, got no bytes");
        }
        return inference.decode(name, file);
    }

    private Row answered(Row row, List<Object> answer) {
        int before = row.length() - 1;
        Object[] values = new Object[before + columns.fields().size()];
        for (int i = 0; i < before; i++) {
            values[i] = row.get(i);
        }
        for (int i = 0; i < answer.size(); i++) {
            values[before + i] = answer.get(i);
        }
        return RowFactory.create(values);
    }
}
