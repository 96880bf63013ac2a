package dev.thalweg.spark;

import dev.thalweg.Model;
import dev.thalweg.collective.CollectiveException;
import dev.thalweg.data.Targets;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.text.Counted;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import dev.thalweg.train.ModelCheckpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model on the executors of a Spark cluster, as {@link Model#fit} does on one machine: every executor has a
 * replica of the model, computes its part of each batch, and makes the same updates by the gradients of whole batches.
 *
 * <pre>{@code
 * History history = SparkFit.on(spark).workers(4)
 *         .fit(model, SparkImages.folder(spark, "hdfs:/pictures").size(32, 32), Fit.epochs(10).batchSize(256));
 * }</pre>
 *
 * The same workers, seed, pictures and threads give the same bits. An executor that is lost, or falls silent, fails the
 * stage: it is run again, {@code spark.task.maxFailures} times in all, and goes on from the last checkpoint, if there
 * are some, to the bits of an undisturbed training. What the training itself throws is thrown here, at once.
 */
public final class SparkFit {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SparkSession spark;
    private final int workers;
    private final int threads;
    private final @Nullable SparkImages validation;
    private final @Nullable String checkpoints;
    private final int everyBatches;
    private final Duration patience;

    private SparkFit(
            SparkSession spark,
            int workers,
            int threads,
            @Nullable SparkImages validation,
            @Nullable String checkpoints,
            int everyBatches,
            Duration patience) {
        this.spark = spark;
        this.workers = workers;
        this.threads = threads;
        this.validation = validation;
        this.checkpoints = checkpoints;
        this.everyBatches = everyBatches;
        this.patience = patience;
    }

    /**
     * {@return a training on a cluster, by one worker until {@link #workers} says otherwise}
     *
     * @param spark the session; its {@code spark.task.cpus} is how many threads compute in each worker
     */
    public static SparkFit on(SparkSession spark) {
        int threads = spark.sparkContext().conf().getInt("spark.task.cpus", 1);
        return new SparkFit(spark, 1, threads, null, null, 0, PATIENCE);
    }

    /**
     * {@return this training with another number of replicas}
     *
     * @param count at least 1; all of them run at the same time, so the cluster must have as many free slots
     */
    @CheckReturnValue
    public SparkFit workers(int count) {
        return new SparkFit(
                spark, atLeast(1, count, "worker"), threads, validation, checkpoints, everyBatches, patience);
    }

    /**
     * {@return this training with a validation after every epoch}
     *
     * @param pictures to validate with, shared out to the workers
     */
    @CheckReturnValue
    public SparkFit validation(SparkImages pictures) {
        return new SparkFit(
                spark,
                workers,
                threads,
                Objects.requireNonNull(pictures, "pictures"),
                checkpoints,
                everyBatches,
                patience);
    }

    /**
     * {@return this training with checkpoints after every epoch; where some are there, it goes on from the last}
     *
     * @param directory that all executors can reach, on whatever file system Hadoop knows
     */
    @CheckReturnValue
    public SparkFit checkpoints(String directory) {
        return checkpoints(directory, 0);
    }

    /**
     * {@return this training with checkpoints; where some are there, it goes on from the last}
     *
     * @param directory that all executors can reach, on whatever file system Hadoop knows
     * @param batches after how many batches within an epoch there is one more, where an update ends there; 0 for none
     */
    @CheckReturnValue
    public SparkFit checkpoints(String directory, int batches) {
        return new SparkFit(
                spark,
                workers,
                threads,
                validation,
                Objects.requireNonNull(directory, "directory"),
                atLeast(0, batches, "batch"),
                patience);
    }

    /**
     * {@return this training with more or less patience for workers of which nothing is heard; 10 seconds at first}
     *
     * @param silence after what time a worker counts as lost, at least 2 seconds: each says every second that it is
     *     there
     */
    @CheckReturnValue
    public SparkFit patience(Duration silence) {
        if (silence.compareTo(Duration.ofSeconds(2)) < 0) {
            throw new IllegalArgumentException("expected a patience of at least 2 seconds, got " + silence);
        }
        return new SparkFit(spark, workers, threads, validation, checkpoints, everyBatches, silence);
    }

    private static int atLeast(int least, int got, String what) {
        if (got < least) {
            throw new IllegalArgumentException("expected at least " + Counted.of(least, what) + ", got " + got);
        }
        return got;
    }

    /**
     * Trains.
     *
     * @param model compiled; it ends with what was learnt, and knows what its outputs stand for
     * @param pictures to learn from, with a size
     * @param fit how: epochs, batch size, sampler, seed, metrics, augmentations, class weights and progressive resizing;
     *            callbacks are told on the driver, while the executors wait
     * @return what every epoch came to
     * @throws IllegalStateException if the model was not compiled
     * @throws IllegalArgumentException if {@code fit} has what is of one machine: a validation, a checkpoint to go on
     *             from, a {@link ModelCheckpoint}
     * @throws IOException if the driver cannot write temporary files
     * @throws dev.thalweg.train.TrainingDivergedException if the loss or a gradient is no longer finite
     * @throws CollectiveException if executors were lost as often as Spark allows
     * @throws IllegalStateException also if Spark does not run it: because the job was cancelled, or has too few slots
     */
    public History fit(Model model, SparkImages pictures, Fit fit) throws IOException {
        check(fit);
        PictureIndex index = pictures.index();
        try (Scope scope = new Scope()) {
            CallbackDesk desk = scope.own(new CallbackDesk(SparkEnv.get(), fit.callbacks(), model.network()));
            scope.own(new DriverShutdown(() -> desk.stop("the driver was told to end")));
            ReplicaOrder order = new ReplicaOrder(
                    SentModel.saved(model),
                    RecordForm.of(model.compilation()),
                    RecordForm.of(SentFit.of(fit)),
                    index,
                    validation == null ? null : validation.index(),
                    threads,
                    checkpoints,
                    everyBatches,
                    patience,
                    desk.address(),
                    desk.wantsBatches());
            ReplicaResult.Trained result = new ReplicaJob(spark, workers, order).run();
            byte[] saved = Objects.requireNonNull(result.model(), "the leading replica's model");
            try (Model trained = SentModel.loaded(saved)) {
                model.weights(trained.weights());
                model.targets(
                        model.network().outputs().getFirst().name(),
                        Targets.ofClasses(index.classNames(), 0).spec());
            }
            return (History)
                    Objects.requireNonNull(result.history(), "its history").value();
        }
    }

    private static void check(Fit fit) {
        if (fit.validation().isPresent()) {
            throw new IllegalArgumentException("the pictures to validate with are given to SparkFit.validation, for"
                    + " executors to read: expected a Fit without, got "
                    + fit.validation().get());
        }
        if (fit.resume().isPresent()) {
            throw new IllegalArgumentException("a training goes on from SparkFit.checkpoints, which executors can"
                    + " read: expected a Fit without a checkpoint, got "
                    + fit.resume().get());
        }
        if (fit.callbacks().stream().anyMatch(ModelCheckpoint.class::isInstance)) {
            throw new IllegalArgumentException("checkpoints are kept by SparkFit.checkpoints, where executors find"
                    + " them: expected a Fit without a ModelCheckpoint, got " + fit.callbacks());
        }
        if (!fit.replication().isAlone()) {
            throw new IllegalArgumentException("SparkFit says itself which replica an executor has: expected a Fit"
                    + " that is not replicated, got one of "
                    + fit.replication().collective().size());
        }
    }
}
