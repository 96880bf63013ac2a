package dev.thalweg.train;

import dev.thalweg.backend.Movement;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Network;
import dev.thalweg.saving.ModelFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One call of fit: the loop over epochs and batches. */
final class FitLoop implements Training {
    private static final System.Logger LOG = System.getLogger(FitLoop.class.getName());

    /** A loss that is so many times that of the first batch has risen, and not by the chance of a batch. */
    private static final double RISEN = 1.5;

    private final Trainer trainer;
    private final CompiledNetwork compiled;
    private final Standing standing;
    private final BatchTraining training;
    private final ImageDataset data;
    private final Fit fit;
    private final BatchLoader loader;
    private final Measures measures;
    private final List<Callback> callbacks;
    /** The callbacks where this replica leads, which alone tells them. */
    private final List<Callback> told;

    private final Replicas replicas;
    private final Agreement agreement;
    /** Whether a callback has set weights since the replicas agreed. */
    private boolean weightsSet;

    /** Why to stop, asked for by any thread at any time. */
    private volatile @Nullable String asked;

    /** Why to stop, once all replicas have agreed to: they must leave their loops at the same place. */
    private @Nullable String stopReason;

    private int epochs;
    /** Null before the first batch. */
    private @Nullable NetworkExecutable executable;
    /** Before any update; null where others were made before. */
    private @Nullable Float firstLoss;

    /** Null before it is there; stays filled until the next one is asked for. */
    private @Nullable Batch last;

    FitLoop(
            Trainer trainer,
            CompiledNetwork compiled,
            Standing standing,
            ImageDataset data,
            Fit fit,
            BatchLoader loader) {
        this.trainer = trainer;
        this.compiled = compiled;
        this.standing = standing;
        this.training = new BatchTraining(compiled, standing);
        this.data = data;
        this.fit = fit;
        this.loader = loader;
        this.measures = trainer.measures(data);
        this.callbacks = fit.callbacks().stream()
                .sorted(Comparator.comparing(c -> c instanceof ModelCheckpoint))
                .toList();
        this.replicas = new Replicas(fit.replication().collective());
        this.agreement = new Agreement(compiled, standing, replicas);
        this.told = replicas.leads() ? callbacks : List.of();
    }

    History train() {
        try (Scope ending = new Scope()) {
            List<ModelCheckpoint> checkpoints = told.stream()
                    .filter(ModelCheckpoint.class::isInstance)
                    .map(ModelCheckpoint.class::cast)
                    .toList();
            checkpoints.forEach(c -> ending.own(c.claim()));
            setOut();
            checkpoints.forEach(c -> c.checkFree(this));
            boolean[] ended = new boolean[1];
            // After what callbacks do at the end, the best weights set, for instance.
            ending.own(() -> {
                if (ended[0]) {
                    agree();
                }
            });
            for (Callback callback : told.reversed()) {
                ending.own(() -> callback.onTrainEnd(this));
            }
            told.forEach(c -> c.onTrainBegin(this));
            agree();
            while (standing.epochs().size() < epochs && stopReason == null) {
                epoch(standing.epoch());
            }
            checkLastUpdate();
            ended[0] = true;
        }
        warnIfRisen();
        return history();
    }

    /** Says so where a training that went wrong was nowhere infinite. */
    private void warnIfRisen() {
        if (firstLoss == null || standing.epochs().isEmpty()) {
            return;
        }
        EpochResult ended = standing.epochs().getLast();
        if (ended.loss() > RISEN * firstLoss) {
            String warning = String.format(
                    Locale.ROOT,
                    "the loss has risen, from %.4g in the first batch to %.4g in epoch %d: try a lower learning rate"
                            + " than %.4g, a warm-up or gradient clipping",
                    firstLoss,
                    ended.loss(),
                    ended.epoch(),
                    ended.learningRate());
            standing.warnings().add(warning);
            LOG.log(System.Logger.Level.WARNING, warning);
        }
    }

    /** Goes on where a checkpoint stands, else where the call before ended. */
    private void setOut() {
        compiled.watch(false);
        Optional<Path> checkpoint = fit.resume().flatMap(Resumption::checkpoint);
        boolean gradientsWait =
                standing.setOut(Standing.Course.of(data, fit)) || checkpoint.isPresent() && standing.batch() > 0;
        if (gradientsWait && compiled.description().descent().gradientAccumulationSteps() > 1) {
            compiled.forgetGradients(loader.part(0).computed());
        }
        if (replicas.areSeveral() && replicas.agreeOn(compiled.parameterLayouts())) {
            compiled.addUpAsParametersLie();
        }
        checkpoint.ifPresent(file -> new Resumption(file, compiled)
                .into(standing, Recipe.of(compiled, data, fit), replicas.leads() ? callbacks : null));
        epochs = fit.resume().isPresent() ? fit.epochs() : standing.epochs().size() + fit.epochs();
        agreement.setOut(course());
    }

    /** What must be the same in all replicas. */
    private List<String> course() {
        List<String> course = new ArrayList<>(Recipe.of(compiled, data, fit).lines());
        course.add("epochs: " + epochs + ", done: " + standing.epochs().size() + ", batch " + standing.batch()
                + ", step " + standing.step());
        course.add("validation pictures: "
                + fit.validation().map(ImageDataset::size).orElse(0));
        course.add("synchronized batch normalization: " + fit.replication().synchronizedBatchNormalization());
        course.add("gradient checkpointing: "
                + compiled.description().computation().gradientCheckpointing());
        course.add("layers: " + network().calls());
        return course;
    }

    private void agree() {
        String reason = asked;
        boolean stops = agreement.stops(reason != null, weightsSet);
        weightsSet = false;
        if (stops && stopReason == null) {
            stopReason = reason != null ? reason : "the leading replica stopped";
        }
    }

    /** The loss of a batch tells of the updates before it: of the last one, nothing has told yet. */
    private void checkLastUpdate() {
        boolean validated = fit.validation().isPresent() && !withinEpoch();
        Batch seen = last;
        if (seen != null && !validated) {
            NetworkExecutable evaluating = compiled.evaluating(seen.size());
            evaluating.write(seen);
            evaluating.run();
            checkFinite("the loss after the last update", replicas.sums(evaluating.loss())[0]);
        }
    }

    private void checkFinite(String what, double loss) {
        if (!Double.isFinite(loss) && !compiled.description().descent().skipNonFinite()) {
            if (withinEpoch()) {
                throw new TrainingDivergedException(standing.epoch(), what, loss, standing.learningRate());
            }
            EpochResult ended = standing.epochs().getLast();
            throw new TrainingDivergedException(ended.epoch(), what, loss, ended.learningRate());
        }
    }

    private void epoch(int epoch) {
        resize(epoch);
        loader.start(fit.sampler(), fit.seed(), epoch - 1, standing.batch());
        long start = System.nanoTime();
        for (Batch next = loader.next(); next != null; next = loader.next()) {
            train(next);
            Callback.Progress progress = new Callback.Progress(
                    epoch,
                    standing.batch(),
                    standing.seen(),
                    standing.loss(),
                    standing.metrics(measures.names()),
                    standing.learningRate());
            told.forEach(c -> c.onBatchEnd(this, progress));
            agree();
            long now = System.nanoTime();
            standing.spend((now - start) * 1e-9);
            start = now;
            if (stopReason != null && standing.batch() < loader.batches() && endsUpdate(standing.batch() - 1)) {
                return;
            }
        }
        checkMoved();
        Optional<Evaluation> validation = Optional.empty();
        if (fit.validation().isPresent()) {
            told.forEach(c -> c.onValidationBegin(this));
            agree();
            Evaluation found = validate(fit.validation().get());
            checkFinite("the loss of the validation", found.loss());
            validation = Optional.of(found);
        }
        EpochResult result = standing.endEpoch(measures.names(), validation);
        told.forEach(c -> c.onEpochEnd(this, result));
        agree();
    }

    private void resize(int epoch) {
        if (fit.resizing().isPresent()) {
            // Of an epoch before, which may be freed.
            executable = null;
            compiled.trainOn(
                    fit.resizing().get().shape(epoch, network().pictures().shape()));
        }
    }

    /** By the weights that will be saved. */
    private Evaluation validate(ImageDataset pictures) {
        if (!compiled.description().descent().trainsElsewhere() || standing.step() == 0) {
            return trainer.evaluate(pictures, fit.batchSize(), fit.metrics(), replicas);
        }
        Map<String, float[]> trained = compiled.weights();
        compiled.weights(compiled.averagedWeights());
        try {
            return trainer.evaluate(pictures, fit.batchSize(), fit.metrics(), replicas);
        } finally {
            compiled.weights(trained);
        }
    }

    /** Updates may be left out where they would do harm; an epoch of which all were has trained nothing. */
    private void checkMoved() {
        int accumulation = compiled.description().descent().gradientAccumulationSteps();
        int updates = Math.ceilDiv(loader.batches(), accumulation);
        if (standing.skipped() == updates) {
            float rate = standing.learningRate();
            standing.beginEpoch();
            throw new TrainingDivergedException(standing.epoch(), updates, rate);
        }
    }

    private void train(Batch next) {
        last = next;
        NetworkExecutable current = compiled.training(next.size());
        executable = current;
        current.write(next);
        int index = standing.batch();
        int pictures = next.part().whole();
        float share = (float) pictures / picturesOfUpdate(index);
        boolean first = standing.step() == 0 && index == 0 && standing.epoch() == 1;
        float loss = training.train(current, fit.seed(), share, endsUpdate(index));
        if (first) {
            firstLoss = loss;
        }
        if (Float.isFinite(loss)) {
            standing.count(loss, pictures, replicas.sums(measures.sums(current, next)));
        }
        standing.endBatch();
    }

    /** Whether parameters move after a batch of an epoch, counted from 0. */
    private boolean endsUpdate(int index) {
        return (index + 1) % compiled.description().descent().gradientAccumulationSteps() == 0
                || index + 1 == loader.batches();
    }

    /** How many pictures there are in all batches of the update that a batch belongs to. */
    private int picturesOfUpdate(int index) {
        int accumulation = compiled.description().descent().gradientAccumulationSteps();
        int from = index / accumulation * accumulation;
        int size = Math.min(fit.batchSize(), data.size());
        return Math.min(data.size(), (from + accumulation) * size) - from * size;
    }

    @Override
    public void checkpoint(Path file) throws IOException {
        try (var _ = trainer.use("checkpoint")) {
            ModelFile model = new ModelFile(
                    network(),
                    compiled.description().normalization(),
                    false,
                    Recipe.targets(network(), data),
                    compiled.description().losses(),
                    compiled.weights(),
                    Map.of(),
                    compiled.description().computation().testTimeAugmentation(),
                    data.provenance());
            Checkpoint.Progress progress = standing.progress(
                    Recipe.of(compiled, data, fit),
                    callbacks.stream().map(RecipeNames::of).toList());
            new Checkpoint(
                            model,
                            progress,
                            compiled.slots(),
                            callbacks.stream().map(Callback::state).toList())
                    .write(file);
        }
    }

    @Override
    public int epochs() {
        return epochs;
    }

    @Override
    public int batches() {
        return loader.batches();
    }

    @Override
    public ImageDataset data() {
        return data;
    }

    @Override
    public Network network() {
        return compiled.description().network();
    }

    @Override
    public long step() {
        return standing.step();
    }

    @Override
    public History history() {
        Optional<String> reason = Optional.ofNullable(asked).or(() -> Optional.ofNullable(stopReason));
        return new History(standing.epochs(), reason, standing.warnings());
    }

    @Override
    public Map<String, float[]> weights() {
        return trainer.weights();
    }

    @Override
    public void weights(Map<String, float[]> weights) {
        trainer.weights(weights);
        weightsSet = true;
    }

    @Override
    public double rateFactor() {
        return standing.rateFactor();
    }

    @Override
    public void rateFactor(double factor) {
        standing.rateFactor(factor);
    }

    @Override
    public void watch(boolean on) {
        compiled.watch(on);
    }

    @Override
    public List<Movement> movements() {
        try (var _ = trainer.use("movements")) {
            return executable == null ? List.of() : executable.movements();
        }
    }

    @Override
    public void stop(String reason) {
        asked = reason;
    }

    @Override
    public int batch() {
        return standing.batch();
    }
}
