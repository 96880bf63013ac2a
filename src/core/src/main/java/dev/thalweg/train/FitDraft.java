package dev.thalweg.train;

import dev.thalweg.collective.Replication;
import dev.thalweg.data.Augmentation;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.RandomSampler;
import dev.thalweg.data.Sampler;
import dev.thalweg.metric.Metric;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The parts of a {@link Fit} while one of them is changed. */
final class FitDraft {
    int epochs;
    int batchSize = 32;
    Optional<ImageDataset> validation = Optional.empty();
    Sampler sampler = new RandomSampler();
    long seed;
    List<Callback> callbacks = List.of();
    List<Metric> metrics = List.of();
    Optional<Path> resume = Optional.empty();
    List<Augmentation> augmentations = List.of();
    List<Double> classWeights = List.of();
    Optional<ProgressiveResizing> resizing = Optional.empty();
    Replication replication = Replication.NONE;

    /** Keras' defaults. */
    FitDraft(int epochs) {
        this.epochs = epochs;
    }

    FitDraft(Fit fit) {
        this.epochs = fit.epochs();
        this.batchSize = fit.batchSize();
        this.validation = fit.validation();
        this.sampler = fit.sampler();
        this.seed = fit.seed();
        this.callbacks = fit.callbacks();
        this.metrics = fit.metrics();
        this.resume = fit.resume();
        this.augmentations = fit.augmentations();
        this.classWeights = fit.classWeights();
        this.resizing = fit.resizing();
        this.replication = fit.replication();
    }

    Fit fit() {
        return new Fit(
                epochs,
                batchSize,
                validation,
                sampler,
                seed,
                callbacks,
                metrics,
                resume,
                augmentations,
                classWeights,
                resizing,
                replication);
    }
}
