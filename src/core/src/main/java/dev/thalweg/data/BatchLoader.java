package dev.thalweg.data;

import dev.thalweg.memory.Lifetime;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.text.Counted;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Prepares batches off the heap by background threads while the caller works on the one before. The order depends on
 * sampler, seed and epoch alone. The last batch holds what is left over. One thread takes the batches of an epoch: the
 * one that started it.
 */
public final class BatchLoader implements AutoCloseable {
    private final ImageDataset data;
    private final int batchSize;
    private final Normalizer normalizer;
    private final Lifetime lifetime = Lifetime.of("this batch loader", "none");
    private final Scope resources;
    /** One batch in use, one ready, the others being filled. */
    private final BatchRoom[] slots;

    private final Deque<Future<Batch>> prepared = new ArrayDeque<>();
    private final BatchWorkers workers;
    private final List<Augmentation> augmentations;
    /** Null for none. */
    private final float @Nullable [] classWeights;

    private final int rank;
    private final int replicas;
    private EpochOrder order = EpochOrder.NONE;
    private int submitted;
    /** The number of the thread that started the epoch; 0 before the first. */
    private long startedBy;

    /**
     * Makes room for batches of a data set.
     *
     * @param data must stay open
     * @param batchSize pictures in a batch, at least 1; at most as many as there are are used
     * @param normalization how bytes become floats
     * @throws IllegalArgumentException if the normalization is for another number of channels
     * @throws dev.thalweg.tensor.MemoryLimitException if the batches are more than this process may hold off the heap
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
     * @throws IllegalArgumentException if the normalization is for another number of channels, the weights for another
     *         number of classes, or pictures shall be mixed that other inputs belong to
     * @throws dev.thalweg.tensor.MemoryLimitException if the batches are more than this process may hold off the heap
     */
    public BatchLoader(
            ImageDataset data,
            int batchSize,
            Normalization normalization,
            List<Augmentation> augmentations,
            float @Nullable [] classWeights) {
        this(data, batchSize, normalization, augmentations, classWeights, 0, 1);
    }

    /**
     * Makes room for one replica's parts of batches, {@link BatchPart#of}: pictures that are changed at random are
     * changed as they would be if one replica had all.
     *
     * @param data must stay open
     * @param batchSize pictures in a whole batch, at least 1; at most as many as there are are used
     * @param normalization how bytes become floats
     * @param augmentations what changes the pictures, in order
     * @param classWeights by which targets are multiplied; null for none
     * @param rank which replica this is, from 0
     * @param replicas how many there are, at least 1
     * @throws IllegalArgumentException as the constructor without replicas, or if there is no such replica
     * @throws dev.thalweg.tensor.MemoryLimitException if the batches are more than this process may hold off the heap
     */
    public BatchLoader(
            ImageDataset data,
            int batchSize,
            Normalization normalization,
            List<Augmentation> augmentations,
            float @Nullable [] classWeights,
            int rank,
            int replicas) {
        if (rank < 0 || rank >= replicas) {
            throw new IllegalArgumentException(
                    "expected a replica from 0 to below their number, got " + rank + " of " + replicas);
        }
        this.rank = rank;
        this.replicas = replicas;
        if (classWeights != null
                && (data.targets().classes().isEmpty()
                        || classWeights.length != data.targets().outputs())) {
            throw new IllegalArgumentException(
                    "got " + classWeights.length + " class weights, expected one for each class, got pictures of "
                            + data.targets() + " " + data.targets().names());
        }
        if (classWeights != null && !data.sides().targets().isEmpty()) {
            throw new IllegalArgumentException(
                    "class weights are for the targets of a network with one output, got" + " pictures of " + data);
        }
        this.augmentations = List.copyOf(augmentations);
        data.sides().checkMixable(this.augmentations);
        this.classWeights = classWeights;
        if (normalization.mean().size() != data.imageShape().dim(0)) {
            throw new IllegalArgumentException("the normalization is for "
                    + Counted.of(normalization.mean().size(), "channel") + ", the pictures have "
                    + data.imageShape().dim(0) + " " + data.imageShape());
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("the batch size must be at least 1, got " + batchSize);
        }
        data.sides().checkChannels(normalization.mean().size());
        this.data = data;
        this.batchSize = Math.min(batchSize, data.size());
        this.normalizer = normalization.normalizer();
        int threads = BatchWorkers.countFor(data);
        this.slots = new BatchRoom[2 + threads];
        try (Scope opening = new Scope()) {
            MemoryOwner owner = opening.own(MemoryOwner.named("batches of " + data));
            for (int i = 0; i < slots.length; i++) {
                slots[i] = new BatchRoom(owner, capacity(), data, normalizer);
            }
            this.workers = opening.own(new BatchWorkers(threads));
            this.resources = opening.handOver();
        }
    }

    /** How many pictures are prepared of a batch at most. */
    private int capacity() {
        return BatchRoom.mixes(augmentations) ? batchSize : Math.max(1, Math.ceilDiv(batchSize, replicas));
    }

    /**
     * Begins an epoch in the data set's own order.
     *
     * @throws IllegalStateException if this is closed, or used by another thread at this moment
     */
    public void start() {
        start(new SequentialSampler(), 0, 0, 0);
    }

    /**
     * Begins an epoch.
     *
     * @param sampler chooses its pictures and their order
     * @param seed of the training
     * @param epoch from 0: every epoch has an order of its own, and changes pictures in a way of its own
     * @param firstBatch how many batches are left out
     * @throws IllegalArgumentException if the sampler refuses the data set's targets, or chooses fewer or more pictures
     *         than there are, or one that is not there
     * @throws IllegalStateException if this is closed, or used by another thread at this moment
     */
    public void start(Sampler sampler, long seed, int epoch, int firstBatch) {
        try (Lifetime.Use _ = lifetime.enterAlone()) {
            abandonPrepared();
            order = EpochOrder.of(sampler, data.targets(), seed, epoch);
            submitted = firstBatch;
            startedBy = Thread.currentThread().threadId();
        }
    }

    /**
     * {@return how many batches an epoch has}
     */
    public int batches() {
        return (data.size() + batchSize - 1) / batchSize;
    }

    /**
     * {@return which part of a batch this loader prepares}
     *
     * @param index of the epoch's batches, from 0 to below {@link #batches}
     */
    public BatchPart part(int index) {
        int from = Math.multiplyExact(index, batchSize);
        return BatchPart.of(Math.min(data.size() - from, batchSize), rank, replicas);
    }

    /**
     * {@return the next batch, valid until the next call; null when the epoch is over}
     *
     * @throws java.io.UncheckedIOException if a file that the batch is prepared from could not be read or is not what
     *         it should be (then its cause is a {@link dev.thalweg.io.BadFileException}): the next call gives the batch
     *         after it
     * @throws IllegalStateException if the batch could not be prepared, because the data set was closed, say: the next
     *         call gives the one after it; if the thread was interrupted while it waited, which it stays: the next call
     *         gives the same batch; or if this is closed, or the epoch is another thread's
     */
    public @Nullable Batch next() {
        try (Lifetime.Use _ = lifetime.enterAlone()) {
            if (startedBy != Thread.currentThread().threadId()) {
                throw new IllegalStateException(
                        startedBy == 0
                                ? "no epoch was started: call start before next"
                                : "another thread started this epoch: it alone takes its batches; use a loader for "
                                        + "each thread");
            }
            while (submitted < batches() && prepared.size() < slots.length - 1) {
                submit();
            }
            return prepared.isEmpty() ? null : taken();
        }
    }

    private void submit() {
        int index = submitted;
        BatchRoom slot = slots[index % slots.length];
        EpochOrder current = order;
        prepared.add(workers.submit(() -> {
            int from = Math.multiplyExact(index, batchSize);
            BatchPart part = part(index);
            Batch filled = augmentations.isEmpty()
                    ? slot.fill(current, from, part)
                    : slot.fillAugmented(current, from, part, augmentations);
            if (classWeights != null) {
                BatchRoom.weigh(filled, classWeights);
            }
            return filled;
        }));
        submitted++;
    }

    /** What was not waited for to the end stays prepared, so that no batch is passed over. */
    private Batch taken() {
        try {
            Batch batch = BatchWorkers.await(prepared.element());
            prepared.remove();
            return batch;
        } catch (ExecutionException e) {
            prepared.remove();
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof UncheckedIOException file) {
                throw new UncheckedIOException("a batch could not be prepared: " + file.getCause(), file.getCause());
            }
            throw new IllegalStateException("a batch could not be prepared: " + e.getCause(), e.getCause());
        }
    }

    /** Waits until nobody fills a batch any more; whether that would have succeeded is of no interest. */
    private void abandonPrepared() {
        while (!prepared.isEmpty()) {
            try {
                BatchWorkers.await(prepared.element());
            } catch (ExecutionException e) {
                // It failed for nobody.
            }
            prepared.remove();
        }
    }

    /**
     * Stops the threads, then frees the batches, whatever became of them; a thread that waits for one gets an
     * exception. Closing again does nothing.
     *
     * @throws IllegalStateException if one of the threads calls this that fill batches
     */
    @Override
    public void close() {
        workers.close();
        lifetime.closeWhenLeft(resources);
    }
}
