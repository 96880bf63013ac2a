package dev.thalweg.bench.cluster;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Networks;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A training whose steps are measured, in this process alone: SGD with momentum, on pictures of noise.
 *
 * @param network one of {@link Networks#names}
 * @param picture its shape, {@code [C, H, W]}
 * @param classes how many
 * @param batch pictures a step, of this machine
 * @param threads that compute
 * @param precision of activations
 */
public record StepTimeline(
        String network, Shape picture, int classes, int batch, Threads threads, Precision precision) {
    private static final int STEPS_PER_EPOCH = 8;
    /** Small, as noise has nothing to be learnt and the loss must stay a number. */
    private static final double LEARNING_RATE = 1e-4;

    /**
     * Trains, and notes what steps do.
     *
     * @param warmUpSteps how many are not looked at
     * @param steps how many are, at least
     * @return them, on the median
     */
    public Timeline measure(int warmUpSteps, int steps) {
        StepRecorder recorder = new StepRecorder(warmUpSteps);
        // The whole batch is that of both replicas.
        int whole = 2 * batch;
        int epochs = Math.ceilDiv(warmUpSteps, STEPS_PER_EPOCH) + Math.ceilDiv(steps, STEPS_PER_EPOCH - 1);
        try (ImageDataset noise = noise(whole * STEPS_PER_EPOCH);
                Model model = Model.of(Networks.named(network, picture, classes))) {
            model.seed(1)
                    .backend(BackendChoice.preset(), threads)
                    .precision(precision)
                    .compile(new SGD(LEARNING_RATE).momentum(0.9), new CategoricalCrossentropy());
            model.fit(
                    noise,
                    Fit.epochs(epochs)
                            .batchSize(whole)
                            .seed(1)
                            .replicated(recorder)
                            .callbacks(recorder));
        }
        return recorder.timeline();
    }

    private ImageDataset noise(int pictures) {
        SplittableRandom random = new SplittableRandom(1);
        List<String> names =
                IntStream.range(0, classes).mapToObj(i -> "class " + i).toList();
        int[] labels = IntStream.range(0, pictures).map(i -> i % classes).toArray();
        return ImageDataset.of("noise", picture, names, labels, (_, pixels) -> {
            byte[] bytes = new byte[picture.arrayLength()];
            random.nextBytes(bytes);
            pixels.copyFrom(bytes);
        });
    }
}
