package dev.thalweg;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.inference.Inference;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.onednn.LiveObjects;
import dev.thalweg.optim.Adam;
import dev.thalweg.tensor.MemoryLimitException;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * Trains and uses a model again and again under a limit of memory that is each time what the run before asked for, or a
 * little more: so each allocation fails once that takes much more than all before. After each failure nothing may be
 * left. Run in a JVM of its own: the argument is a backend.
 */
final class LimitLeaks {
    private static final Shape PICTURE = Shape.of(3, 12, 12);
    private static final int PICTURES = 12;
    private static final int LEAST_STEP = 64;

    private LimitLeaks() {}

    private static void trainAndUse(String backend) {
        int[] labels = new int[PICTURES];
        Arrays.setAll(labels, i -> i % 3);
        try (ImageDataset data = ImageDataset.of(
                        "leaks", PICTURE, List.of("a", "b", "c"), labels, (i, pixels) -> pixels.fill((byte) (20 * i)));
                Model model = Model.sequential(
                                PICTURE,
                                new Conv2D(8, 3),
                                new BatchNormalization(),
                                new ActivationLayer(Activation.RELU),
                                new MaxPooling2D(2),
                                new Flatten(),
                                new Dropout(0.2),
                                new Dense(16, Activation.RELU),
                                new Dense(3, Activation.SOFTMAX))
                        .backend(BackendChoice.of(backend), Threads.of(2))) {
            model.compile(new Adam(0.01).maxNorm(2).emaMomentum(0.9), new CategoricalCrossentropy());
            model.predict(data);
            model.fit(data, Fit.epochs(1).batchSize(8).validation(data));
            model.evaluate(data);
            model.averagedWeights();
            model.gradients(data);
            model.trainOnBatch(data);
            model.classActivations(data, labels);
            for (Inference.Mode mode : Inference.Mode.values()) {
                try (Inference inference = model.inference(mode, 1, 4)) {
                    inference.predict(List.of(data.pixels(0).toArray(ValueLayout.JAVA_BYTE)));
                }
            }
        }
    }

    private static void requireNothingLeft(String when) {
        if (MemoryOwner.liveBytes() != 0 || LiveObjects.count() != 0) {
            throw new AssertionError(
                    MemoryOwner.liveBytes() + " bytes and " + LiveObjects.count() + " objects left " + when);
        }
    }

    public static void main(String[] arguments) {
        long limit = 0;
        int refusals = 0;
        while (true) {
            System.setProperty(MemoryOwner.LIMIT_PROPERTY, Long.toString(limit));
            try {
                trainAndUse(arguments[0]);
                break;
            } catch (MemoryLimitException e) {
                requireNothingLeft("after: " + e.getMessage());
                if (e.allowed() != limit || e.held() + e.asked() <= limit) {
                    throw new AssertionError("refused without need", e);
                }
                limit = Math.max(e.held() + e.asked(), limit + limit / LEAST_STEP);
                refusals++;
            }
        }
        requireNothingLeft("at the end");
        System.out.println(refusals + " refusals, nothing left; " + limit + " bytes are enough");
    }
}
