package dev.thalweg.data;

import dev.thalweg.model.Normalization;
import dev.thalweg.tensor.MemoryOwner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Prepares batches off the heap by background threads while the caller works on the one before. The order depends on seed
 * and epoch alone. The last batch holds what is left over.
 */
public final class BatchLoader implements AutoCloseable {
    private static final int WORKERS = 2;
    /** One batch in use, one ready, the others being filled. */
    private static final int SLOTS = 2 + WORKERS;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final ImageDataset data;
    private final int batchSize;
    private final float[][] tables;
    private final MemoryOwner owner;
    private final Batch[] slots = new Batch[SLOTS];
    private final Deque<Future<Batch>> prepared = new ArrayDeque<>();
    private final ExecutorService worker;
    private final List<Augmentation> augmentations;
    private final float[] classWeights;
    private int[] order = {};
    private long drawSeed;
    private int submitted;

    /**
     * Makes room for batches of a data set.
     *
     * @param data must stay open
     * @param batchSize pictures in a batch, at least 1; at most as many as there are are used
     * @param normalization how bytes become floats
     * @throws IllegalArgumentException if the normalization is for another number of channels
     */
    public BatchLoader(ImageDataset data, int batchSize, Normalization normalization) {
        this(data, batchSize, normalization, List.of(), null);
    }

    /**
     * Makes room for batches of a data set whose pictures are changed at random.
     *
     * @param data must stay open
     * @param batchSize pictures in a batch, at least 1; at most as many as there are are used
     * @param normalization how bytes become floats
     * @param augmentations what changes the pictures, in order
     * @param classWeights by which targets are multiplied; null for none
     * @throws IllegalArgumentException if the normalization is for another number of channels, or the weights for another
     *         number of classes
     */
    public BatchLoader(ImageDataset data, int batchSize, Normalization normalization, List<Augmentation> augmentations, float[] classWeights) {
        if (classWeights != null && classWeights.length != data.classNames().size()) {
            throw new IllegalArgumentException("got " + classWeights.length + " class weights, expected one for each of " + data.classNames());
        }
        this.augmentations = List.copyOf(augmentations);
        this.classWeights = classWeights;
        if (normalization.mean().size() != data.imageShape().dim(0)) {
            throw new IllegalArgumentException("the normalization is for " + normalization.mean().size() + " channels, the pictures have "
                    + data.imageShape().dim(0) + " " + data.imageShape());
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("the batch size must be at least 1, got " + batchSize);
        }
        this.data = data;
        this.batchSize = Math.min(batchSize, data.size());
        this.tables = normalization.tables();
        this.owner = MemoryOwner.named("batches of " + data);
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Batch(owner, this.batchSize, data.imageShape(), data.classNames().size());
        }
        this.worker = Executors.newFixedThreadPool(WORKERS, Thread.ofPlatform().daemon().name("thalweg-data").factory());
    }

    /**
     * Begins an epoch in the data set's own order.
     */
    public void start() {
        start(0);
    }

    /**
     * Begins an epoch in the data set's own order, within it.
     *
     * @param firstBatch how many batches are left out
     */
    public void start(int firstBatch) {
        start(0, 0, firstBatch);
    }

    /**
     * Begins an epoch in the data set's own order, within it.
     *
     * @param seed of the training
     * @param epoch from 0: every epoch changes pictures in a way of its own
     * @param firstBatch how many batches are left out
     */
    public void start(long seed, int epoch, int firstBatch) {
        begin(Orders.own(data.size()), firstBatch, new SplittableRandom(seed * GOLDEN + epoch));
    }

    /**
     * Begins an epoch in a random order (Fisher and Yates).
     *
     * @param seed of the training
     * @param epoch from 0: every epoch has an order of its own
     * @param firstBatch how many batches are left out
     */
    public void startShuffled(long seed, int epoch, int firstBatch) {
        SplittableRandom random = new SplittableRandom(seed * GOLDEN + epoch);
        begin(Orders.shuffled(data.size(), random), firstBatch, random);
    }

    private void begin(int[] newOrder, int firstBatch, SplittableRandom random) {
        drain();
        order = newOrder;
        drawSeed = random.nextLong();
        submitted = firstBatch;
    }

    /**
     * {@return how many batches an epoch has}
     */
    public int batches() {
        return (data.size() + batchSize - 1) / batchSize;
    }

    /**
     * {@return the next batch, valid until the next call; null when the epoch is over}
     */
    public Batch next() {
        while (submitted < batches() && prepared.size() < SLOTS - 1) {
            submit();
        }
        return prepared.isEmpty() ? null : await(prepared.poll());
    }

    private void submit() {
        int index = submitted++;
        Batch slot = slots[index % SLOTS];
        int[] current = order;
        long seed = drawSeed;
        prepared.add(worker.submit(() -> {
            int to = Math.min(data.size(), (index + 1) * batchSize);
            if (augmentations.isEmpty()) {
                slot.fill(data, current, index * batchSize, to, tables);
            } else {
                slot.fillAugmented(data, current, index * batchSize, to, tables, augmentations, seed);
            }
            if (classWeights != null) {
                slot.weigh(classWeights);
            }
            return slot;
        }));
    }

    private static Batch await(Future<Batch> batch) {
        try {
            return batch.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a batch", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a batch could not be prepared: " + e.getCause(), e.getCause());
        }
    }

    private void drain() {
        while (!prepared.isEmpty()) {
            await(prepared.poll());
        }
    }

    @Override
    public void close() {
        worker.shutdown();
        drain();
        owner.close();
    }
}
