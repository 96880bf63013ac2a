package dev.thalweg.spark;

import dev.thalweg.Compilation;
import dev.thalweg.Model;
import dev.thalweg.collective.CollectiveException;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.memory.Scope;
import dev.thalweg.optim.Descent;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.Precision;
import dev.thalweg.text.Counted;
import dev.thalweg.train.Callback;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import dev.thalweg.train.ModelCheckpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
    private final int threads;
    private int workers = 1;
    private @Nullable SparkImages validation;
    private @Nullable String checkpoints;
    private int everyBatches;
    private Duration patience = PATIENCE;
    private Precision wire = Precision.F32;
    private boolean averagedWeights;

    private SparkFit(SparkSession spark, int threads) {
        this.spark = spark;
        this.threads = threads;
    }

    /** The same, for one of its options to be changed before anybody else sees it. */
    private SparkFit copy() {
        SparkFit copy = new SparkFit(spark, threads);
        copy.workers = workers;
        copy.validation = validation;
        copy.checkpoints = checkpoints;
        copy.everyBatches = everyBatches;
        copy.patience = patience;
        copy.wire = wire;
        copy.averagedWeights = averagedWeights;
        return copy;
    }

    /**
     * {@return a training on a cluster, by one worker until {@link #workers} says otherwise}
     *
     * @param spark the session; its {@code spark.task.cpus} is how many threads compute in each worker
     */
    public static SparkFit on(SparkSession spark) {
        return new SparkFit(spark, spark.sparkContext().conf().getInt("spark.task.cpus", 1));
    }

    /**
     * {@return this training with another number of replicas}
     *
     * @param count at least 1; all of them run at the same time, so the cluster must have as many free slots
     */
    @CheckReturnValue
    public SparkFit workers(int count) {
        SparkFit copy = copy();
        copy.workers = atLeast(1, count, "worker");
        return copy;
    }

    /**
     * {@return this training with a validation after every epoch}
     *
     * @param pictures to validate with, shared out to the workers
     */
    @CheckReturnValue
    public SparkFit validation(SparkImages pictures) {
        SparkFit copy = copy();
        copy.validation = Objects.requireNonNull(pictures, "pictures");
        return copy;
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
        SparkFit copy = copy();
        copy.checkpoints = Objects.requireNonNull(directory, "directory");
        copy.everyBatches = atLeast(0, batches, "batch");
        return copy;
    }

    /**
     * {@return this training with gradients that travel in another precision}
     *
     * @param precision {@link Precision#F32}, as at first, or {@link Precision#BF16}: gradients of tensors of at least
     *            1 MiB and their sums are rounded to 8 significant bits then, so that half as much travels; they are
     *            added up as floats, and all workers still have the same weights, but no longer those of one process
     *            within 1e-5
     * @throws IllegalArgumentException if it is another one
     */
    @CheckReturnValue
    public SparkFit gradientPrecision(Precision precision) {
        if (precision != Precision.F32 && precision != Precision.BF16) {
            throw new IllegalArgumentException("expected gradients that travel in F32 or BF16, got " + precision);
        }
        SparkFit copy = copy();
        copy.wire = precision;
        return copy;
    }

    /**
     * {@return this training with a model that ends with the averages of its weights, as its optimizer keeps them, see
     * {@link Model#averagedWeights}, and not with the last weights}
     *
     * @param on whether
     */
    @CheckReturnValue
    public SparkFit averagedWeights(boolean on) {
        SparkFit copy = copy();
        copy.averagedWeights = on;
        return copy;
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
        SparkFit copy = copy();
        copy.patience = silence;
        return copy;
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
     * @param model compiled; it ends with what was learnt, and knows what its outputs stand for and how pictures come
     *     to its size; what its optimizer remembers stays with the executors, so that another training of it begins
     *     anew with these weights
     * @param pictures to learn from, with a size
     * @param fit how: epochs, batch size, sampler, seed, metrics, augmentations, class weights, progressive resizing;
     *            callbacks are told on the driver, while the executors wait
     * @return what every epoch came to
     * @throws IllegalStateException if the model was not compiled
     * @throws IllegalArgumentException if {@code fit} has what is of one machine: a validation, a checkpoint to go on
     *             from, a {@link ModelCheckpoint}; or if averaged weights are wanted that the optimizer does not keep
     * @throws IOException if the driver cannot write temporary files
     * @throws dev.thalweg.train.TrainingDivergedException if the loss or a gradient is no longer finite
     * @throws CollectiveException if executors were lost as often as Spark allows
     * @throws IllegalStateException also if Spark does not run it: because the job was cancelled, or has too few slots
     */
    public History fit(Model model, SparkImages pictures, Fit fit) throws IOException {
        check(fit);
        Compilation compilation = model.compilation();
        checkAverages(compilation.optimizer());
        PictureIndex index = pictures.index();
        try (Scope scope = new Scope()) {
            List<Callback> callbacks = new ArrayList<>(fit.callbacks());
            callbacks.add(scope.own(new TrainingSource(SparkEnv.get().metricsSystem())));
            ImageDataset data = scope.own(pictures.dataset(spark));
            CallbackDesk desk = scope.own(new CallbackDesk(SparkEnv.get(), callbacks, model.network(), data));
            scope.own(new DriverShutdown(() -> desk.stop("the driver was told to end")));
            ReplicaOrder order = new ReplicaOrder(
                    SentModel.saved(model),
                    RecordForm.of(compilation),
                    RecordForm.of(SentFit.of(fit)),
                    index,
                    validation == null ? null : validation.index().among(index.targets()),
                    threads,
                    checkpoints,
                    everyBatches,
                    patience,
                    wire,
                    averagedWeights,
                    desk.address(),
                    desk.wantsBatches());
            ReplicaResult.Trained result = new ReplicaJob(spark, workers, order).run();
            byte[] saved = Objects.requireNonNull(result.model(), "the leading replica's model");
            try (Model trained = SentModel.loaded(saved)) {
                model.weights(trained.weights());
                model.resize(index.resize());
                model.targets(
                        model.network().outputs().getFirst().name(),
                        index.targets().targets().spec());
            }
            return (History)
                    Objects.requireNonNull(result.history(), "its history").value();
        }
    }

    private void checkAverages(Optimizer optimizer) {
        Descent descent = optimizer.descent();
        if (averagedWeights && descent.emaMomentum() == 0 && !descent.trainsElsewhere()) {
            throw new IllegalArgumentException("expected an optimizer that averages weights, with emaMomentum(decay) or"
                    + " as ScheduleFreeAdamW, got " + optimizer);
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
