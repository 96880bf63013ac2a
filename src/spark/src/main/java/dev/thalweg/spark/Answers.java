package dev.thalweg.spark;

import dev.thalweg.inference.Inference;
import dev.thalweg.inference.Predictions;
import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Rows whose last column, a picture, gives way to what a model says of it. They are asked for in batches, the same ones
 * by whatever number of threads, of which each decodes and asks about one.
 */
final class Answers implements Iterator<Row>, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Answers.class.getName());

    private final Iterator<Row> rows;
    private final Inference inference;
    private final AnswerColumns columns;
    private final boolean skipsBad;
    private final int partition;
    private final int threads;
    private final ExecutorService workers;
    private final Deque<Row> ready = new ArrayDeque<>();
    private long taken;

    Answers(
            Iterator<Row> rows,
            Inference inference,
            AnswerColumns columns,
            boolean skipsBad,
            int partition,
            int threads) {
        this.rows = rows;
        this.inference = inference;
        this.columns = columns;
        this.skipsBad = skipsBad;
        this.partition = partition;
        this.threads = threads;
        this.workers = Executors.newFixedThreadPool(
                threads,
                Thread.ofPlatform().daemon().name("thalweg-answers-", 0).factory());
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
        List<Callable<List<Row>>> batches = new ArrayList<>();
        while (batches.size() < threads && rows.hasNext()) {
            long first = taken;
            List<Row> batch = batch();
            batches.add(() -> answered(batch, first));
        }
        try {
            for (Future<List<Row>> answered : workers.invokeAll(batches)) {
                ready.addAll(answered.get());
            }
        } catch (ExecutionException e) {
            throw Throwables.rethrown(Objects.requireNonNullElse(e.getCause(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the task is told to end", e);
        }
    }

    private List<Row> batch() {
        List<Row> batch = new ArrayList<>();
        while (batch.size() < FrozenModel.BATCH && rows.hasNext()) {
            batch.add(rows.next());
        }
        taken += batch.size();
        return batch;
    }

    private List<Row> answered(List<Row> batch, long first) throws IOException {
        List<byte[]> pictures = new ArrayList<>();
        BitSet readable = new BitSet();
        for (int i = 0; i < batch.size(); i++) {
            try {
                pictures.add(decoded(batch.get(i), first + i));
                readable.set(i);
            } catch (BadFileException bad) {
                if (!skipsBad) {
                    throw bad;
                }
                LOG.log(System.Logger.Level.WARNING, "no answer: " + bad.getMessage());
            }
        }
        Iterator<List<Object>> said = said(pictures);
        return IntStream.range(0, batch.size())
                .mapToObj(i -> answered(batch.get(i), readable.get(i) ? said.next() : List.of()))
                .toList();
    }

    private byte[] decoded(Row row, long number) throws IOException {
        String name = "picture " + number + " of partition " + partition;
        byte[] file = row.getAs(row.length() - 1);
        if (file == null) {
            throw new BadFileException(Path.of(name), "expected a picture file, got no bytes");
        }
        return inference.decode(name, file);
    }

    private Iterator<List<Object>> said(List<byte[]> pictures) {
        Predictions said = inference.predict(pictures);
        return IntStream.range(0, pictures.size())
                .mapToObj(picture -> columns.values(said, picture))
                .iterator();
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

    /** Waits for batches under way, which may be some where another one failed. */
    @Override
    public void close() {
        workers.close();
    }
}
