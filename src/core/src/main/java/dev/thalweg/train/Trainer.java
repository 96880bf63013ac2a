package dev.thalweg.train;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.collective.Collective;
import dev.thalweg.collective.Replication;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.inference.Predictions;
import dev.thalweg.memory.Exclusive;
import dev.thalweg.metric.Metric;
import dev.thalweg.tensor.ShapeException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Trains, evaluates and runs a network on a backend. It compiles the network once for each batch size it meets (the
 * usual one and that of the last, incomplete batch) and keeps weights, optimizer state and where the training stands
 * between calls. One thread at a time uses it: a second one that comes meanwhile gets an
 * {@link IllegalStateException}, and so does a callback that would close it or train it while it trains.
 */
public final class Trainer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Trainer.class.getName());

    private final CompiledNetwork compiled;
    private final Evaluator evaluator;
    private final Readiness readiness;
    private final Standing standing = new Standing();
    /** What the pictures of the training so far stand for; null before the first. */
    private @Nullable TargetSpec learnt;

    private final Exclusive guard =
            new Exclusive("trainer", "make another one", "give each thread a trainer of its own");

    /**
     * Takes a network with its weights to a backend; {@link dev.thalweg.Model} calls this.
     *
     * @param backend must stay open
     * @param description what is computed, and how
     * @throws dev.thalweg.tensor.UnavailableException if the backend cannot compute in that precision here
     * @throws IllegalArgumentException if network, loss and optimizer do not go together
     */
    @SuppressWarnings("exports")
    public Trainer(Backend backend, ModelDescription description) {
        if (!description.losses().isEmpty() && description.optimizer() != null) {
            description.check().ifPresent(warning -> LOG.log(System.Logger.Level.WARNING, warning));
        }
        this.compiled = new CompiledNetwork(backend, description);
        this.evaluator = new Evaluator(compiled);
        this.readiness = new Readiness(compiled.description());
    }

    /**
     * {@return the weights as they stand, row-major by name}
     */
    public Map<String, float[]> weights() {
        try (var _ = guard.use("weights")) {
            return compiled.weights();
        }
    }

    /**
     * Trains. Called again, it goes on where it ended, see {@link Fit}.
     *
     * @param data the pictures to learn from
     * @param fit how
     * @return what every epoch came to
     * @throws IllegalStateException if there is no loss or optimizer, or all parameters are frozen
     * @throws ShapeException if the pictures or classes do not fit the network
     * @throws TrainingDivergedException if the loss or a gradient is no longer finite
     * @throws dev.thalweg.tensor.DeviceException if a GPU fails or has no memory left; the last checkpoint is as it was
     * @throws java.io.UncheckedIOException if a checkpoint cannot be read or written, or the one to go on from is none:
     *         its cause is a {@link dev.thalweg.io.BadFileException} then
     * @throws IllegalArgumentException if that checkpoint is of another training, or the pictures have other classes,
     *             labels or numbers than those that this training began with
     */
    public History fit(ImageDataset data, Fit fit) {
        try (var _ = guard.change("fit")) {
            readiness.toTrain("fit");
            evaluator.checkFits(data).ifPresent(warning -> LOG.log(System.Logger.Level.WARNING, warning));
            readiness.toFit(fit);
            fit.validation().ifPresent(evaluator::checkFits);
            checkSameTargets(data.targets().spec());
            Collective collective = fit.replication().collective();
            compiled.replicate(fit.replication());
            try (BatchLoader loader = new BatchLoader(
                    data,
                    fit.batchSize(),
                    description().normalization(),
                    fit.augmentations(),
                    fit.weightsOfClasses(),
                    collective.rank(),
                    collective.size())) {
                // Compiled before anything else, so that the optimizer's slots are there to be read and written.
                compiled.training(loader.part(0).computed());
                return new FitLoop(this, compiled, standing, data, fit, loader).train();
            } finally {
                compiled.trainOn(description().network().pictures().shape());
                compiled.replicate(Replication.NONE);
            }
        }
    }

    /**
     * Trains on one batch.
     *
     * @param batch with all inputs and targets
     * @return the mean loss before the update
     * @throws IllegalStateException if there is no loss or optimizer, or all parameters are frozen
     * @throws ShapeException if the sizes do not fit the network
     * @throws TrainingDivergedException if the loss or a gradient is no longer finite
     */
    public float trainOnBatch(Batch batch) {
        try (var _ = guard.change("trainOnBatch")) {
            readiness.toTrain("trainOnBatch");
            return new OwnLoop(compiled, standing).train(batch);
        }
    }

    /**
     * Differentiates the loss of one batch, and moves nothing.
     *
     * @param batch with all inputs and targets
     * @return the gradients, row-major by the name of their parameter
     * @throws IllegalStateException if there is no loss, or all parameters are frozen
     * @throws ShapeException if the sizes do not fit the network
     */
    public Map<String, float[]> gradients(Batch batch) {
        try (var _ = guard.use("gradients")) {
            readiness.toDifferentiate("gradients");
            return new OwnLoop(compiled, standing).gradients(batch);
        }
    }

    /**
     * Lends all pictures of a data set as one batch.
     *
     * @param <T> of what comes out
     * @param data the pictures
     * @param use what is done with it
     * @return what that gave
     * @throws ShapeException if the pictures or classes do not fit the network
     */
    public <T> T withBatch(ImageDataset data, Function<Batch, T> use) {
        evaluator.checkFits(data);
        return evaluator.withBatch(data, use);
    }

    /** The same outputs cannot stand for other things within one training; nothing tells the two apart later. */
    private void checkSameTargets(TargetSpec given) {
        if (learnt != null && !learnt.equals(given)) {
            throw new IllegalArgumentException("this training began on pictures with " + learnt + ", got some with "
                    + given + ": compile the model again to train it on others");
        }
        learnt = given;
    }

    /**
     * {@return what memory a training step takes off the heap, parameters not included}
     *
     * @param batchSize pictures in a step
     * @throws IllegalStateException if there is no loss or optimizer
     */
    public MemoryReport trainingMemory(int batchSize) {
        try (var _ = guard.use("trainingMemory")) {
            readiness.toTrain("trainingMemory");
            return compiled.training(batchSize).memory();
        }
    }

    /** Lets the thread in that trains, or that one after it. */
    Exclusive.Use use(String doing) {
        return guard.use(doing);
    }

    private ModelDescription description() {
        return compiled.description();
    }

    /**
     * Sets the weights.
     *
     * @param weights row-major by name
     * @throws IllegalArgumentException if one is missing, unknown, or of another size
     */
    public void weights(Map<String, float[]> weights) {
        try (var _ = guard.use("weights")) {
            compiled.weights(weights);
        }
    }

    /**
     * {@return the averages of the weights, moving or as the rule makes them, row-major by name}
     *
     * @throws IllegalStateException if the optimizer keeps none, or there was no update yet
     */
    public Map<String, float[]> averagedWeights() {
        try (var _ = guard.use("averagedWeights")) {
            if (description().optimizer() == null
                    || description().descent().emaMomentum() == 0
                            && !description().descent().trainsElsewhere()
                    || standing.step() == 0) {
                throw new IllegalStateException("there are no averaged weights: give the optimizer emaMomentum(decay)"
                        + " or take ScheduleFreeAdamW, then train");
            }
            return compiled.averagedWeights();
        }
    }

    /**
     * Tests the network.
     *
     * @param data the pictures to test with
     * @param batchSize how many at a time
     * @param metrics what else to measure
     * @return mean loss, and the metrics, first the one that fits the targets
     * @throws IllegalStateException if there is no loss
     * @throws ShapeException if the pictures or classes do not fit the network
     */
    public Evaluation evaluate(ImageDataset data, int batchSize, List<Metric> metrics) {
        return evaluate(data, batchSize, metrics, Replicas.NONE);
    }

    /** Tests the network together with its replicas. */
    Evaluation evaluate(ImageDataset data, int batchSize, List<Metric> metrics, Replicas replicas) {
        try (var _ = guard.use("evaluate")) {
            readiness.toEvaluate("evaluate");
            return evaluator.evaluate(data, batchSize, metrics, replicas);
        }
    }

    /**
     * Tests the network and keeps what it says of each picture.
     *
     * @param data the pictures to test with
     * @param batchSize how many at a time
     * @param metrics what else to measure
     * @param targets what the outputs stand for, by output
     * @return what {@link #evaluate} and {@link #predict} return, by one pass over the pictures
     * @throws IllegalStateException if there is no loss
     * @throws ShapeException if the pictures or classes do not fit the network
     */
    public Tested test(ImageDataset data, int batchSize, List<Metric> metrics, Map<String, TargetSpec> targets) {
        try (var _ = guard.use("test")) {
            readiness.toEvaluate("test");
            return evaluator.test(data, batchSize, metrics, targets);
        }
    }

    /** What is measured of such pictures where nothing was asked for. */
    Measures measures(ImageDataset data) {
        return evaluator.measures(data);
    }

    /**
     * Runs the network; labels are not looked at.
     *
     * @param data the pictures
     * @param batchSize how many at a time
     * @param targets what the outputs stand for, by output
     * @return a row for each picture, of each output
     * @throws ShapeException if the pictures do not fit the network
     */
    public Predictions predict(ImageDataset data, int batchSize, Map<String, TargetSpec> targets) {
        try (var _ = guard.use("predict")) {
            return evaluator.predict(data, batchSize, targets);
        }
    }

    /**
     * Tries a training at learning rates that rise from step to step. This trainer's own weights stay as they are.
     *
     * @param data the pictures to learn from
     * @param fit batch size, shuffling and seed
     * @param from the first rate, greater than 0
     * @param to the last rate, greater than the first
     * @param steps how many batches are tried, at least 10
     * @return the curve, and a proposal
     * @throws IllegalStateException if there is no loss or optimizer, or all parameters are frozen
     */
    public LearningRateRange learningRateRange(ImageDataset data, Fit fit, double from, double to, int steps) {
        try (var _ = guard.use("learningRateRange")) {
            readiness.toTrain("learningRateRange");
            return LearningRateRange.test(
                    rates -> new Trainer(
                            compiled.backend(),
                            description().withWeights(compiled.weights()).with(rates)),
                    data,
                    fit,
                    from,
                    to,
                    steps);
        }
    }

    /**
     * Finds where in pictures the network sees a class (Selvaraju et al., Grad-CAM, ICCV 2017, equations 1 and 2), by
     * the last layer that the output depends on and that still yields a picture.
     *
     * @param data the pictures
     * @param output by which of the network's outputs
     * @param classes the class looked for in each
     * @return for each picture {@code [height][width]} of that layer, from 0 to 1; empty if no layer yields a picture
     * @throws ShapeException if the pictures do not fit the network
     * @throws IllegalArgumentException if there is not one class for each picture, or one is out of range, or
     *             there is no such output
     */
    public List<float[][]> classActivations(ImageDataset data, String output, int... classes) {
        try (var _ = guard.use("classActivations")) {
            return evaluator.classActivations(data, output, classes);
        }
    }

    /**
     * Frees weights and executables. Closing again does nothing.
     *
     * @throws IllegalStateException if something runs in this trainer, in whatever thread: it stays open then
     */
    @Override
    public void close() {
        guard.close(compiled::close);
    }
}
