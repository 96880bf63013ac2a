package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Movement;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.metric.TopKAccuracy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallbacksTest {
    private static final DataSplit DATA = ShapesDataset.generate(150, 40, 1);

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Model model(Optimizer optimizer) {
        return Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(4, 3, Activation.RELU).stride(2),
                        new MaxPooling2D(2),
                        new Flatten(),
                        new Dense(10, Activation.SOFTMAX))
                .compile(optimizer, new CategoricalCrossentropy());
    }

    /** Hands the weights of chosen epochs to the test, and scripted losses to the callback under test. */
    private static final class Script implements Callback {
        private final Callback tested;
        private final double[] losses;
        private final List<Map<String, float[]>> weights = new ArrayList<>();
        private final List<Double> factors = new ArrayList<>();

        Script(Callback tested, double... losses) {
            this.tested = tested;
            this.losses = losses;
        }

        @Override
        public void onTrainBegin(Training training) {
            tested.onTrainBegin(training);
        }

        @Override
        public void onEpochEnd(Training training, EpochResult r) {
            weights.add(training.weights());
            tested.onEpochEnd(
                    training,
                    new EpochResult(
                            r.epoch(),
                            losses[r.epoch() - 1],
                            r.metrics(),
                            r.validation(),
                            r.seconds(),
                            r.learningRate(),
                            r.skippedSteps(),
                            r.memory()));
            factors.add(training.rateFactor());
        }

        @Override
        public void onTrainEnd(Training training) {
            tested.onTrainEnd(training);
        }
    }

    @Test
    void earlyStoppingRestoresTheBestEpoch() {
        EarlyStopping stopping = new EarlyStopping(Monitor.LOSS, 2, 0.1);
        Script script = new Script(stopping, 3, 2, 1.95, 2.1, 1, 1);
        try (Model model = model(new SGD(0.01))) {
            History history = model.fit(DATA.train(), Fit.epochs(6).callbacks(script));
            // 1.95 is not better than 2 by 0.1, so epochs 3 and 4 use up the patience.
            assertEquals(4, history.epochs().size());
            assertEquals(2, stopping.bestEpoch());
            assertTrue(
                    history.stopReason().orElseThrow().contains("since epoch 2"),
                    history.stopReason().toString());
            script.weights
                    .get(1)
                    .forEach((name, values) ->
                            assertArrayEquals(values, model.weights().get(name)));
        }
    }

    @Test
    void theBestEpochIsRestoredAtTheEndToo() {
        Script script = new Script(new EarlyStopping(Monitor.LOSS, 5), 2, 1, 3);
        try (Model model = model(new SGD(0.01))) {
            History history = model.fit(DATA.train(), Fit.epochs(3).callbacks(script));
            assertTrue(history.stopReason().isEmpty());
            assertArrayEquals(
                    script.weights.get(1).get("dense.kernel"), model.weights().get("dense.kernel"));
        }
    }

    @Test
    void thePlateauLowersTheRate() {
        Script script = new Script(new ReduceLROnPlateau(Monitor.LOSS, 0.5, 2), 3, 3, 3, 2, 2, 2);
        try (Model model = model(new SGD(0.01))) {
            History history = model.fit(DATA.train(), Fit.epochs(6).callbacks(script));
            assertEquals(List.of(1.0, 1.0, 0.5, 0.5, 0.5, 0.25), script.factors);
            assertEquals(0.005f, history.epochs().get(3).learningRate());
        }
    }

    @Test
    void aMonitorWithoutValidationSaysSo() {
        try (Model model = model(new SGD(0.01))) {
            String message = assertThrows(
                            IllegalStateException.class,
                            () -> model.fit(
                                    DATA.train(),
                                    Fit.epochs(1).callbacks(new EarlyStopping(Monitor.VALIDATION_LOSS, 1))))
                    .getMessage();
            assertTrue(message.contains("Fit.validation"), message);
        }
    }

    /**
     * Norms and ratios against the weights before and after each step, where plain SGD moves by the gradient times the
     * rate.
     */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void gradientsAreWatched(String backend) {
        GradientWatch watch = new GradientWatch(1);
        List<Map<String, float[]>> after = new ArrayList<>();
        Callback keep = new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                after.add(training.weights());
            }
        };
        try (Model model = model(new SGD(0.05)).backend(BackendChoice.of(backend), Threads.of(2))) {
            Map<String, float[]> before = model.weights();
            model.fit(DATA.train(), Fit.epochs(1).callbacks(watch, keep));
            // 150 pictures in batches of 32: five steps.
            assertEquals(
                    List.of(0L, 1L, 2L, 3L, 4L),
                    watch.samples().stream().map(GradientWatch.Sample::step).toList());
            for (int step = 0; step < 5; step++) {
                Map<String, float[]> start = step == 0 ? before : after.get(step - 1);
                double all = 0;
                for (Movement movement : watch.samples().get(step).movements()) {
                    float[] from = start.get(movement.parameter());
                    float[] to = after.get(step).get(movement.parameter());
                    double norm = 0;
                    double moved = 0;
                    for (int i = 0; i < from.length; i++) {
                        norm += (double) from[i] * from[i];
                        moved += Math.pow((double) to[i] - from[i], 2);
                    }
                    // Differences of floats of size 0.1 that moved by 0.001 are good to about four digits.
                    assertEquals(Math.sqrt(norm), movement.parameterNorm(), 1e-6 * Math.sqrt(norm));
                    assertEquals(Math.sqrt(moved), movement.movementNorm(), 1e-3 * Math.sqrt(moved));
                    assertEquals(Math.sqrt(moved) / 0.05, movement.gradientNorm(), 1e-3 * movement.gradientNorm());
                    all += Math.pow(movement.gradientNorm(), 2);
                }
                assertEquals(Math.sqrt(all), watch.samples().get(step).gradientNorm(), 1e-9);
            }
        }
    }

    @Test
    void aDeadNetworkEndsTheTraining() {
        try (Model model = Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(4, 3, Activation.RELU),
                        new Flatten(),
                        new Dense(10).useBias(false))
                .compile(new SGD(0.01), new CategoricalCrossentropy(true))) {
            Map<String, float[]> weights = new HashMap<>(model.weights());
            // No picture's sums reach over such a bias: every unit is off, and stays so.
            weights.put("conv2d.bias", new float[] {-1e6f, -1e6f, -1e6f, -1e6f});
            model.weights(weights);
            History history = model.fit(DATA.train(), Fit.epochs(20).callbacks(new GradientWatch(2, 1e-9, 4)));
            assertTrue(
                    history.stopReason().orElseThrow().contains("dead"),
                    history.stopReason().toString());
            assertTrue(history.epochs().size() < 5);
        }
    }

    /**
     * A rate of 100 throws the weights far away: either numbers overflow, or every ReLU is off from then on. Both end
     * the training with a diagnosis, and what lies on disk is finite.
     */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void aRateOf100EndsWithADiagnosisAndLeavesGoodFiles(String backend) throws Exception {
        Path checkpoints = directory.resolve("checkpoints");
        GradientWatch watch = new GradientWatch(1);
        try (Model model = model(new SGD(100).momentum(0.9)).backend(BackendChoice.of(backend), Threads.of(2))) {
            String diagnosis;
            try {
                model.fit(DATA.train(), Fit.epochs(50).callbacks(watch, new ModelCheckpoint(checkpoints, 3)));
                diagnosis = watch.diagnosis().orElseThrow();
            } catch (TrainingDivergedException e) {
                diagnosis = e.getMessage();
            }
            assertTrue(diagnosis.contains("learning rate 100"), diagnosis);
            assertTrue(diagnosis.contains("lower learning rate"), diagnosis);
        }
        assertFinite(ModelCheckpoint.last(checkpoints).orElseThrow());
    }

    /** Numbers that overflow: the step that would carry them into the weights is not made. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void whatIsNotFiniteEndsTheTraining(String backend) throws Exception {
        Path checkpoints = directory.resolve("checkpoints");
        try (Model model = Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(4, 3, Activation.SWISH),
                        new Conv2D(4, 3, Activation.SWISH),
                        new Flatten(),
                        new Dense(10))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .compile(new SGD(0.01), new MeanSquaredError())) {
            Callback raise = new Callback() {
                @Override
                public void onEpochEnd(Training training, EpochResult result) {
                    training.rateFactor(1e9);
                }
            };
            TrainingDivergedException e = assertThrows(
                    TrainingDivergedException.class,
                    () -> model.fit(
                            DATA.train(), Fit.epochs(50).callbacks(raise, new ModelCheckpoint(checkpoints, 3))));
            assertTrue(e.getMessage().contains("learning rate 1.0E7"), e.getMessage());
            assertTrue(e.getMessage().contains("not finite at conv2d"), e.getMessage());
            model.save(directory.resolve("after.safetensors"));
        }
        assertFinite(ModelCheckpoint.last(checkpoints).orElseThrow());
        assertFinite(directory.resolve("after.safetensors"));
    }

    /** One finite step that is far too long: only the loss after it tells. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aLastUpdateThatWentAstrayEndsTheTraining(boolean validated) {
        try (Model model = Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10))
                .backend(BackendChoice.JAVA, Threads.of(1))
                .compile(new SGD(1e25), new MeanSquaredError())) {
            Fit one = Fit.epochs(1).batchSize(DATA.train().size());
            String message = assertThrows(
                            TrainingDivergedException.class,
                            () -> model.fit(DATA.train(), validated ? one.validation(DATA.test()) : one))
                    .getMessage();
            assertTrue(message.contains("epoch 1") && message.contains("learning rate 1.0E25"), message);
            assertTrue(message.contains(validated ? "validation" : "after the last update"), message);
        }
    }

    private static void assertFinite(Path last) throws Exception {
        try (Model loaded = Model.load(last)) {
            for (float[] values : loaded.weights().values()) {
                for (float value : values) {
                    assertTrue(Float.isFinite(value));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void stepsThatAreNotFiniteAreSkippedAndCounted(String backend) {
        try (Model model = Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .compile(new SGD(0.01).skipNonFinite(true), new CategoricalCrossentropy(true))) {
            Map<String, float[]> broken = new HashMap<>(model.weights());
            float[] kernel = broken.get("dense.kernel").clone();
            Arrays.fill(kernel, Float.POSITIVE_INFINITY);
            broken.put("dense.kernel", kernel);
            Map<String, float[]> good = model.weights();
            model.weights(broken);
            assertTrue(assertThrows(TrainingDivergedException.class, () -> model.fit(DATA.train(), Fit.epochs(2)))
                    .getMessage()
                    .contains("in epoch 1 at learning rate 0.01: 5 updates, all of the epoch, had to be skipped"));
            Callback repair = new Callback() {
                @Override
                public void onBatchEnd(Training training, Progress progress) {
                    if (progress.batch() == 2) {
                        assertEquals(0, training.step(), "no update was made");
                        training.weights(good);
                    }
                }
            };
            EpochResult result =
                    model.fit(DATA.train(), Fit.epochs(1).callbacks(repair)).last();
            assertEquals(2, result.skippedSteps());
            assertTrue(Double.isFinite(result.loss()));
        }
    }

    /** A softmax keeps the loss finite at any rate: no number tells that such a training is of no use. */
    @ParameterizedTest
    @ValueSource(doubles = {0.01, 1000})
    void aLossThatHasRisenIsTold(double rate) {
        try (Model model = model(new SGD(rate))) {
            History history = model.fit(DATA.train(), Fit.epochs(2));
            assertEquals(
                    rate > 1,
                    history.last().loss() > 2 * Math.log(10),
                    "loss " + history.last().loss());
            assertEquals(
                    rate > 1 ? 1 : 0,
                    history.warnings().size(),
                    history.warnings().toString());
            if (rate > 1) {
                String warning = history.warnings().getFirst();
                assertTrue(
                        warning.startsWith("the loss has risen, from ")
                                && warning.contains(" in epoch 2: try a lower learning rate than 1000, "),
                        warning);
            }
        }
    }

    @Test
    void anEpochTellsItsTimeAndMemoryAndMetrics() {
        try (Model model = model(new SGD(0.01))) {
            EpochResult result = model.fit(
                            DATA.train(), Fit.epochs(1).validation(DATA.test()).metrics(new TopKAccuracy(3)))
                    .last();
            assertTrue(result.seconds() > 0);
            assertTrue(result.memory().heapBytes() > 0);
            // The pictures alone are 190 times 3 KiB.
            assertTrue(
                    result.memory().offHeapBytes() >= 190 * 3072,
                    result.memory().toString());
            Evaluation validation = result.validation().orElseThrow();
            assertTrue(validation.metrics().get("top_3_accuracy") >= validation.accuracy());
        }
    }

    @Test
    void theRangeTestFindsWhereTheLossFalls() {
        try (Model model = model(new SGD(0.01).momentum(0.9))) {
            Map<String, float[]> before = model.weights();
            LearningRateRange range =
                    model.learningRateRange(DATA.train(), Fit.epochs(1).batchSize(16), 1e-6, 100, 120);
            before.forEach((name, values) ->
                    assertArrayEquals(values, model.weights().get(name), "the model stays as it was"));
            double lowest = range.points().stream()
                    .mapToDouble(LearningRateRange.Point::smoothedLoss)
                    .min()
                    .orElseThrow();
            LearningRateRange.Point proposed = range.points().stream()
                    .filter(p -> p.learningRate() == range.proposal())
                    .findFirst()
                    .orElseThrow();
            LearningRateRange.Point bottom = range.points().stream()
                    .filter(p -> p.smoothedLoss() == lowest)
                    .findFirst()
                    .orElseThrow();
            assertTrue(range.proposal() < bottom.learningRate(), "the loss falls before it is lowest");
            assertTrue(proposed.smoothedLoss() < range.points().getFirst().smoothedLoss());
            assertTrue(range.proposal() > 1e-4 && range.proposal() < 1, "got " + range.proposal());
            assertTrue(range.points().size() < 120, "rates up to 100 cannot all be tried");
            assertThrows(
                    IllegalArgumentException.class,
                    () -> model.learningRateRange(DATA.train(), Fit.epochs(1), 1, 0.1, 20));
        }
    }

    @Test
    void weightsThatDoNotFitAreRefused() {
        try (Model model = model(new SGD(0.01))) {
            Map<String, float[]> weights = new HashMap<>(model.weights());
            weights.put("dense.bias", new float[3]);
            String message = assertThrows(IllegalArgumentException.class, () -> model.weights(weights))
                    .getMessage();
            assertTrue(message.contains("dense.bias [10]") && message.contains("3 numbers"), message);
            weights.remove("dense.bias");
            assertThrows(IllegalArgumentException.class, () -> model.weights(weights));
        }
    }
}
