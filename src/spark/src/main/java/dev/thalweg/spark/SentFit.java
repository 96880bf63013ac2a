package dev.thalweg.spark;

import dev.thalweg.data.Augmentation;
import dev.thalweg.data.Sampler;
import dev.thalweg.metric.Metric;
import dev.thalweg.train.Fit;
import dev.thalweg.train.ProgressiveResizing;
import java.util.List;
import java.util.Optional;

/** What of a {@link Fit} executors are told; the rest of it is the driver's. */
record SentFit(
        int epochs,
        int batchSize,
        Sampler sampler,
        long seed,
        List<Metric> metrics,
        List<Augmentation> augmentations,
        List<Double> classWeights,
        Optional<ProgressiveResizing> resizing,
        boolean synchronizedBatchNormalization) {
    static SentFit of(Fit fit) {
        return new SentFit(
                fit.epochs(),
                fit.batchSize(),
                fit.sampler(),
                fit.seed(),
                fit.metrics(),
                fit.augmentations(),
                fit.classWeights(),
                fit.resizing(),
                fit.replication().synchronizedBatchNormalization());
    }

    /** {@return the same options} */
    Fit fit() {
        Fit fit = Fit.epochs(epochs)
                .batchSize(batchSize)
                .sampler(sampler)
                .seed(seed)
                .metrics(metrics.toArray(Metric[]::new))
                .augmentations(augmentations.toArray(Augmentation[]::new))
                .classWeights(classWeights)
                .synchronizedBatchNormalization(synchronizedBatchNormalization);
        return resizing.map(fit::resizing).orElse(fit);
    }
}
