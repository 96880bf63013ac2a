package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Normalization;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Loops of one's own: batch by batch they train as fit does, and their gradients are slopes of the loss. */
class OwnLoopTest {
    private static final Shape PICTURE = Shape.of(1, 5, 5);
    private static final int BATCH = 8;
    private static ImageDataset data;

    @BeforeAll
    static void open() {
        SplittableRandom random = new SplittableRandom(5);
        int[] labels = new int[3 * BATCH];
        Arrays.setAll(labels, i -> i % 3);
        data = ImageDataset.of("own loop", PICTURE, List.of("a", "b", "c"), labels, (i, pixels) -> {
            for (int p = 0; p < PICTURE.elements(); p++) {
                pixels.set(p, (byte) (random.nextInt(128) + 60 * (i % 3)));
            }
        });
    }

    @AfterAll
    static void close() {
        data.close();
    }

    private static Model model(String backend, Optimizer optimizer, double dropout) {
        return Model.sequential(
                        PICTURE,
                        new Conv2D(2, 3, Activation.TANH),
                        new BatchNormalization(),
                        new Flatten(),
                        new Dropout(dropout),
                        new Dense(3, Activation.SOFTMAX))
                .backend(BackendChoice.of(backend), Threads.of(1))
                .compile(optimizer, new CategoricalCrossentropy());
    }

    private static void assertSameBits(Map<String, float[]> want, Map<String, float[]> got) {
        assertEquals(want.keySet(), got.keySet());
        want.forEach((name, numbers) -> assertArrayEquals(numbers, got.get(name), name));
    }

    private static float[] floats(java.lang.foreign.MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_FLOAT);
    }

    /** What trains on the batch of a loader or on the same pictures as a part of the data set; the loss. */
    private enum Way {
        BATCH((model, batch) -> model.trainOnBatch(batch)),
        NUMBERS((model, batch) ->
                model.trainOnBatch(Batch.of(batch.size(), floats(batch.images()), floats(batch.targets()))));

        private final BiFunction<Model, Batch, Float> training;

        Way(BiFunction<Model, Batch, Float> training) {
            this.training = training;
        }
    }

    private static final Map<String, Optimizer> OPTIMIZERS = Map.of(
            "momentum", new SGD(0.05).momentum(0.9),
            "adam", new Adam(0.01).maxNorm(0.5).emaMomentum(0.9).clipGlobalNorm(1),
            "accumulated", new Adam(0.01).gradientAccumulationSteps(3));

    @ParameterizedTest
    @CsvSource({
        "java, momentum, BATCH",
        "java, adam, NUMBERS",
        "java, accumulated, BATCH",
        "onednn, momentum, NUMBERS",
        "onednn, adam, BATCH",
        "onednn, accumulated, NUMBERS"
    })
    void asManyBatchesAsOfAFitGiveItsBits(String backend, String optimizer, Way way) {
        try (Model fitted = model(backend, OPTIMIZERS.get(optimizer), 0.3);
                Model own = model(backend, OPTIMIZERS.get(optimizer), 0.3);
                BatchLoader loader = new BatchLoader(data, BATCH, Normalization.unit(1))) {
            History history = fitted.fit(data, Fit.epochs(3).batchSize(BATCH).shuffle(false));
            for (EpochResult epoch : history.epochs()) {
                loader.start();
                double sum = 0;
                for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                    sum += (double) way.training.apply(own, batch) * batch.size();
                }
                assertEquals(epoch.loss(), sum / data.size());
            }
            assertSameBits(fitted.weights(), own.weights());
            if (optimizer.equals("adam")) {
                assertSameBits(fitted.averagedWeights(), own.averagedWeights());
            }
        }
    }

    @Test
    void partsOfADataSetAreBatchesToo() {
        try (Model fitted = model("java", new Adam(0.01), 0.3);
                Model own = model("java", new Adam(0.01), 0.3)) {
            fitted.fit(data, Fit.epochs(1).batchSize(BATCH).shuffle(false));
            for (int from = 0; from < data.size(); from += BATCH) {
                own.trainOnBatch(data.skip(from).take(BATCH));
            }
            assertSameBits(fitted.weights(), own.weights());
            assertEquals(data.targets().spec(), own.targets());
        }
    }

    /**
     * Central differences over 0.02: rounding of a loss near 1 makes an error of 1e-7 / 0.02, the third derivative one
     * of 0.01² / 6 of itself, together far less than 5e-4; the gradients are up to 0.3.
     */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void gradientsAreTheSlopesOfTheLoss(String backend) {
        float step = 0.01f;
        try (Model model = model(backend, new SGD(0.1), 0)) {
            ImageDataset batch = data.take(BATCH);
            Map<String, float[]> weights = model.weights();
            Map<String, float[]> gradients = model.gradients(batch);
            double greatest = 0;
            for (Map.Entry<String, float[]> gradient : gradients.entrySet()) {
                float[] numbers = weights.get(gradient.getKey());
                for (int i = 0; i < numbers.length; i += 3) {
                    float at = numbers[i];
                    double[] losses = new double[2];
                    for (int side = 0; side < 2; side++) {
                        numbers[i] = side == 0 ? at - step : at + step;
                        losses[side] = model.weights(weights).trainOnBatch(batch);
                    }
                    numbers[i] = at;
                    double slope = (losses[1] - losses[0]) / (2 * step);
                    assertEquals(slope, gradient.getValue()[i], 5e-4, gradient.getKey() + " " + i);
                    greatest = Math.max(greatest, Math.abs(slope));
                }
            }
            assertTrue(greatest > 0.01, "all gradients are small: the test sees nothing");
            assertFalse(gradients.containsKey("batch_normalization.moving_mean"));
        }
    }

    /** One step of plain descent at rate 1 is the gradient itself; dropout shows that both drew the same numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void gradientsAreThoseOfTheNextStepAndChangeNothing(String backend) {
        try (Model model = model(backend, new SGD(1), 0.5);
                Model untouched = model(backend, new SGD(1), 0.5)) {
            ImageDataset batch = data.take(BATCH);
            for (int round = 0; round < 3; round++) {
                Map<String, float[]> before = model.weights();
                Map<String, float[]> gradients = model.gradients(batch);
                assertSameBits(before, model.weights());
                assertSameBits(gradients, model.gradients(batch));
                assertEquals(untouched.trainOnBatch(batch), model.trainOnBatch(batch));
                Map<String, float[]> after = model.weights();
                assertSameBits(untouched.weights(), after);
                gradients.forEach((name, gradient) -> {
                    float[] moved = before.get(name).clone();
                    for (int i = 0; i < moved.length; i++) {
                        moved[i] -= gradient[i];
                    }
                    // The compiled step may fuse what is two roundings here.
                    assertArrayEquals(moved, after.get(name), 1e-6f, name);
                });
            }
        }
    }

    @Test
    void frozenParametersHaveNoGradient() {
        try (Model model = model("java", new SGD(0.1), 0).freeze("conv2d.*")) {
            ImageDataset batch = data.take(BATCH);
            assertEquals(
                    List.of(),
                    model.gradients(batch).keySet().stream()
                            .filter(name -> name.startsWith("conv2d"))
                            .toList());
            assertTrue(model.gradients(batch).containsKey("dense.kernel"));
        }
    }

    @Test
    void aFitForgetsGradientsThatWaitForAnUpdate() {
        Fit fit = Fit.epochs(1).batchSize(BATCH).shuffle(false);
        Optimizer optimizer = new SGD(0.1).gradientAccumulationSteps(2);
        try (Model fresh = model("java", optimizer, 0);
                Model model = model("java", optimizer, 0)) {
            ImageDataset batch = data.take(BATCH);
            Map<String, float[]> start = model.weights();
            model.trainOnBatch(batch);
            Map<String, float[]> waiting = model.weights();
            assertArrayEquals(start.get("dense.kernel"), waiting.get("dense.kernel"));
            fresh.fit(data, fit);
            model.fit(data, fit);
            assertArrayEquals(
                    fresh.weights().get("dense.kernel"), model.weights().get("dense.kernel"));
            assertNotEquals(start.get("dense.kernel")[0], model.weights().get("dense.kernel")[0]);
        }
    }

    @Test
    void mistakesAreNamed() {
        float[] image = new float[PICTURE.arrayLength()];
        try (Model model = model("java", new SGD(0.1), 0);
                Model uncompiled = Model.of(model.network()).backend(BackendChoice.JAVA, Threads.of(1))) {
            List<String> unlike = new ArrayList<>();
            Map<Batch, String> wrong = Map.of(
                    Batch.of(1, new float[24], new float[3]), "\"pictures\" [1, 5, 5], got 24 numbers, 25 each",
                    Batch.of(2, new float[50], new float[4]), "\"dense\" [3], got 4 numbers, 3 each",
                    Batch.of(1, Map.of("picture", image), Map.of()), "inputs [picture]",
                    Batch.of(1, Map.of("pictures", image), Map.of("answer", new float[3])), "targets of [answer]");
            wrong.forEach((batch, part) -> {
                for (Runnable call : List.<Runnable>of(() -> model.trainOnBatch(batch), () -> model.gradients(batch))) {
                    String message =
                            assertThrows(ShapeException.class, call::run).getMessage();
                    if (!message.contains(part)) {
                        unlike.add(message);
                    }
                }
            });
            assertEquals(List.of(), unlike);
            assertThrows(IllegalArgumentException.class, () -> Batch.of(0, new float[0], new float[0]));
            assertThrows(IllegalArgumentException.class, () -> Batch.of(2, new float[50], new float[3]));
            Batch one = Batch.of(1, image, new float[3]);
            assertTrue(assertThrows(IllegalStateException.class, () -> uncompiled.trainOnBatch(one))
                    .getMessage()
                    .contains("call compile before trainOnBatch"));
            assertTrue(assertThrows(IllegalStateException.class, () -> uncompiled.gradients(one))
                    .getMessage()
                    .contains("call compile before gradients"));
            Arrays.fill(image, Float.NaN);
            Map<String, float[]> before = model.weights();
            assertThrows(
                    TrainingDivergedException.class,
                    () -> model.trainOnBatch(Batch.of(1, image, new float[] {1, 0, 0})));
            assertSameBits(before, model.weights());
        }
    }
}
