package dev.thalweg.train;

import dev.thalweg.backend.Movement;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.format.ModelFile;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call of fit: the loop over epochs and batches, and where it stands. */
final class FitRun implements Training {
    /** Keeps the random numbers of trainings with neighbouring seeds apart. */
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final Trainer trainer;
    private final ImageDataset data;
    private final Fit fit;
    private final BatchLoader loader;
    private final List<Callback> callbacks;
    private final List<EpochResult> results = new ArrayList<>();
    private volatile String stopReason;
    private Pass pass;
    private double rateFactor = 1;
    private long draws;
    // Of the epoch that is under way.
    private int batch;
    private double lossSum;
    private int correct;
    private int seen;
    private int skipped;

    FitRun(Trainer trainer, ImageDataset data, Fit fit, BatchLoader loader) {
        this.trainer = trainer;
        this.data = data;
        this.fit = fit;
        this.loader = loader;
        this.callbacks = fit.callbacks().stream().sorted(Comparator.comparing(c -> c instanceof Checkpoints)).toList();
    }

    History run() {
        try (Scope run = new Scope()) {
            List<Checkpoints> checkpoints = callbacks.stream().filter(Checkpoints.class::isInstance).map(Checkpoints.class::cast).toList();
            checkpoints.forEach(c -> run.own(c.claim()));
            resume();
            checkpoints.forEach(c -> c.checkFree(this));
            for (Callback callback : callbacks.reversed()) {
                run.own(() -> callback.onTrainEnd(this));
            }
            callbacks.forEach(c -> c.onTrainBegin(this));
            while (results.size() < fit.epochs() && stopReason == null) {
                epoch(results.size() + 1);
            }
        }
        return history();
    }

    private void epoch(int epoch) {
        long start = System.nanoTime();
        int first = batch;
        if (fit.shuffle()) {
            loader.startShuffled(fit.seed(), epoch - 1, first);
        } else {
            loader.start(fit.seed(), epoch - 1, first);
        }
        float rate = rate();
        for (Batch next = loader.next(); next != null; next = loader.next()) {
            rate = rate();
            train(next, epoch, rate);
            Callback.Progress progress = new Callback.Progress(epoch, batch, seen, lossSum / Math.max(1, seen), (double) correct / Math.max(1, seen), rate);
            callbacks.forEach(c -> c.onBatchEnd(this, progress));
            if (stopReason != null && batch < loader.batches() && endsUpdate(batch - 1)) {
                return;
            }
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        Optional<Evaluation> validation = Optional.ofNullable(fit.validation()).map(d -> trainer.evaluate(d, fit.batchSize(), fit.metrics()));
        EpochResult result = new EpochResult(epoch, lossSum / Math.max(1, seen), (double) correct / Math.max(1, seen), validation, seconds, rate,
                skipped, MemoryUse.now());
        results.add(result);
        batch = 0;
        lossSum = 0;
        correct = 0;
        seen = 0;
        skipped = 0;
        callbacks.forEach(c -> c.onEpochEnd(this, result));
    }

    private float rate() {
        return (float) (trainer.descent().schedule().at(trainer.step()) * rateFactor);
    }

    private void train(Batch next, int epoch, float rate) {
        pass = trainer.trainingPass(next.size());
        long seed = fit.seed() * GOLDEN + draws++;
        boolean finite = true;
        if (trainer.descent().accumulation() == 1) {
            finite = pass.train(next, seed, rate, trainer.step());
        } else {
            pass.accumulate(next, seed, (float) next.size() / picturesOfUpdate(batch));
            if (endsUpdate(batch)) {
                finite = pass.update(rate, trainer.step());
            }
        }
        boolean updates = endsUpdate(batch++);
        float loss = pass.loss();
        if ((!finite || !Float.isFinite(loss)) && !trainer.descent().skipsNonFinite()) {
            throw new TrainingDivergedException(epoch, batch, loss, rate, pass.movements());
        }
        if (!finite) {
            skipped++;
        } else if (updates) {
            trainer.updated();
        }
        if (Float.isFinite(loss)) {
            lossSum += (double) loss * next.size();
            correct += pass.correct(next);
            seen += next.size();
        }
    }

    /** Whether parameters move after a batch of an epoch, counted from 0. */
    private boolean endsUpdate(int index) {
        return (index + 1) % trainer.descent().accumulation() == 0 || index + 1 == loader.batches();
    }

    /** How many pictures there are in all batches of the update that a batch belongs to. */
    private int picturesOfUpdate(int index) {
        int accumulation = trainer.descent().accumulation();
        int from = index / accumulation * accumulation;
        int size = Math.min(fit.batchSize(), data.size());
        return Math.min(data.size(), (from + accumulation) * size) - from * size;
    }

    private Checkpoint.Recipe recipe() {
        return new Checkpoint.Recipe(trainer.descent().toString(), trainer.loss().toString(), data.size(), fit.batchSize(), fit.shuffle(), fit.seed(),
                fit.augmentations().toString(), fit.classWeights());
    }

    private List<String> kinds() {
        return callbacks.stream().map(c -> c.getClass().getName()).toList();
    }

    @Override
    public void checkpoint(Path file) throws IOException {
        try (var _ = trainer.use("checkpoint")) {
            ModelFile model = new ModelFile(trainer.network(), trainer.normalization(), data.classNames(), trainer.loss(),
                    trainer.weights(), data.provenance());
            Checkpoint.Progress progress = new Checkpoint.Progress(recipe(), trainer.step(), draws, rateFactor, batch, lossSum, correct, seen, skipped,
                    results.stream().map(Checkpoint.Epoch::of).toList(), kinds());
            new Checkpoint(model, progress, trainer.slots(), callbacks.stream().map(Callback::state).toList()).write(file);
        }
    }

    private void resume() {
        if (fit.resume() == null || Files.notExists(fit.resume())) {
            return;
        }
        Path file = Files.isDirectory(fit.resume()) ? Checkpoints.last(fit.resume()).orElse(null) : fit.resume();
        if (file != null) {
            try {
                restore(file, Checkpoint.read(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void restore(Path file, Checkpoint checkpoint) {
        Checkpoint.Progress progress = checkpoint.progress();
        if (!checkpoint.model().network().equals(trainer.network()) || !checkpoint.model().normalization().equals(trainer.normalization())) {
            throw new IllegalArgumentException(file + ": expected a checkpoint of " + trainer.network() + " with " + trainer.normalization() + ", got one of "
                    + checkpoint.model().network() + " with " + checkpoint.model().normalization());
        }
        if (!progress.recipe().equals(recipe())) {
            throw new IllegalArgumentException(file + ": expected a checkpoint of the same training, " + recipe() + ", got one of " + progress.recipe());
        }
        trainer.weights(checkpoint.model().weights());
        trainer.slots(checkpoint.slots());
        trainer.step(progress.step());
        draws = progress.draws();
        rateFactor = progress.rateFactor();
        batch = progress.batch();
        lossSum = progress.lossSum();
        correct = progress.correct();
        seen = progress.seen();
        skipped = progress.skipped();
        progress.epochs().forEach(e -> results.add(e.result()));
        for (int i = 0; i < checkpoint.callbacks().size(); i++) {
            Map<String, float[]> state = checkpoint.callbacks().get(i);
            String kind = progress.callbacks().get(i);
            if (i < callbacks.size() && callbacks.get(i).getClass().getName().equals(kind)) {
                callbacks.get(i).restore(state);
            } else if (!state.isEmpty()) {
                throw new IllegalArgumentException(file + ": it keeps the state of callback " + (i + 1) + ", a " + kind + ", expected the same callbacks in"
                        + " the same order, got " + kinds());
            }
        }
    }

    @Override
    public int epochs() {
        return fit.epochs();
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
        return trainer.network();
    }

    @Override
    public long step() {
        return trainer.step();
    }

    @Override
    public History history() {
        return new History(results, Optional.ofNullable(stopReason));
    }

    @Override
    public Map<String, float[]> weights() {
        return trainer.weights();
    }

    @Override
    public void weights(Map<String, float[]> weights) {
        trainer.weights(weights);
    }

    @Override
    public double rateFactor() {
        return rateFactor;
    }

    @Override
    public void rateFactor(double factor) {
        rateFactor = factor;
    }

    @Override
    public void watch(boolean on) {
        trainer.watch(on);
    }

    @Override
    public List<Movement> movements() {
        try (var _ = trainer.use("movements")) {
            return pass.movements();
        }
    }

    @Override
    public void stop(String reason) {
        stopReason = reason;
    }

    @Override
    public boolean withinEpoch() {
        return batch > 0;
    }
}
