package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.RandomHorizontalFlip;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.OneCycle;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several calls of fit are one training: the same bits in weights and history as one call. */
class FitAgainTest {
    private static final DataSplit DATA = ShapesDataset.generate(100, 30, 1);
    /** Of 16 pictures, the last one of 4: seven in an epoch, in updates of 2, 2, 2 and 1. */
    private static final int BATCH = 16;

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    /** Everything that counts steps, batches or epochs. */
    private static Optimizer counting() {
        return new Adam(0.001)
                .schedule(new OneCycle(0.002, 30))
                .emaMomentum(0.9)
                .maxNorm(2)
                .gradientAccumulationSteps(2);
    }

    private static Model model(String backend, Optimizer optimizer) {
        return Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(4, 3, Activation.RELU).stride(2),
                        new MaxPooling2D(2),
                        new Dropout(0.25),
                        new Flatten(),
                        new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .seed(3)
                .compile(optimizer, new CategoricalCrossentropy());
    }

    private static Fit fit(int epochs, Callback... callbacks) {
        return Fit.epochs(epochs)
                .batchSize(BATCH)
                .seed(9)
                .validation(DATA.test())
                .augmentations(new RandomHorizontalFlip())
                .callbacks(callbacks);
    }

    private static ReduceLROnPlateau plateau() {
        return new ReduceLROnPlateau(Monitor.VALIDATION_ACCURACY, 0.5, 1);
    }

    private static void assertSame(Model want, Model got) {
        want.weights()
                .forEach((name, values) ->
                        assertArrayEquals(values, got.weights().get(name), name));
        assertFalse(Arrays.equals(
                want.network().initialWeights(3).get("dense.kernel"),
                want.weights().get("dense.kernel")));
    }

    private static void assertSame(History want, History got) {
        assertEquals(numbers(want), numbers(got));
    }

    private static List<List<Object>> numbers(History history) {
        return history.epochs().stream()
                .map(e -> List.<Object>of(e.epoch(), e.loss(), e.accuracy(), e.validation(), e.learningRate()))
                .toList();
    }

    private static Callback stopAt(int epoch, int batch) {
        return new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                if (progress.epoch() == epoch && progress.batch() == batch) {
                    training.stop("asked to");
                }
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void fiveCallsForOneEpochAreOneCallForFive(String backend) {
        try (Model whole = model(backend, counting());
                Model parts = model(backend, counting())) {
            History want = whole.fit(DATA.train(), fit(5, plateau()));
            ReduceLROnPlateau plateau = plateau();
            for (int call = 1; call <= 5; call++) {
                History got = parts.fit(DATA.train(), fit(1, plateau));
                assertEquals(call, got.last().epoch());
                assertEquals(call, got.epochs().size());
            }
            assertSame(want, parts.fit(DATA.train(), fit(5, plateau).resume(directory.resolve("nothing"))));
            assertSame(whole, parts);
            assertArrayEquals(
                    whole.averagedWeights().get("dense.kernel"),
                    parts.averagedWeights().get("dense.kernel"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 7})
    void anEpochThatWasStoppedIsFinishedFirst(int batch) {
        try (Model whole = model("java", counting());
                Model parts = model("java", counting())) {
            History want = whole.fit(DATA.train(), fit(3));
            History cut = parts.fit(DATA.train(), fit(3, stopAt(2, batch)));
            // With the last batch the epoch ends.
            assertEquals(batch == 7 ? 2 : 1, cut.epochs().size());
            assertSame(want, parts.fit(DATA.train(), fit(3 - cut.epochs().size())));
            assertSame(whole, parts);
        }
    }

    @Test
    void alongAnotherCourseItIsGivenUp() {
        try (Model parts = model("java", counting())) {
            parts.fit(DATA.train(), fit(2, stopAt(2, 2)));
            int[] batches = new int[1];
            History history = parts.fit(
                    DATA.train(),
                    fit(1, new Callback() {
                                @Override
                                public void onBatchEnd(Training training, Progress progress) {
                                    assertEquals(2, progress.epoch());
                                    assertEquals(++batches[0], progress.batch());
                                }
                            })
                            .batchSize(50));
            assertEquals(2, batches[0]);
            assertEquals(2, history.epochs().size());
        }
    }

    @Test
    void compilingBeginsAfresh() {
        try (Model twice = model("java", new SGD(0.01).momentum(0.9));
                Model once = model("java", new SGD(0.01).momentum(0.9))) {
            Map<String, float[]> first = once.weights();
            History want = once.fit(DATA.train(), fit(2));
            twice.fit(DATA.train(), fit(2));
            twice.compile(new SGD(0.01).momentum(0.9), new CategoricalCrossentropy())
                    .weights(first);
            assertSame(want, twice.fit(DATA.train(), fit(2)));
            assertSame(once, twice);
        }
    }

    /** Of epochs before, those count that were validated. */
    @Test
    void whatIsWatchedMayBeMeasuredFromTheSecondCallOn() {
        try (Model model = model("java", new SGD(0.01))) {
            model.fit(DATA.train(), Fit.epochs(2));
            EarlyStopping stopping = new EarlyStopping(Monitor.VALIDATION_LOSS, 9);
            History history = model.fit(DATA.train(), fit(2, stopping, plateau()));
            assertEquals(4, history.epochs().size());
            assertTrue(stopping.bestEpoch() > 2);
        }
    }

    @Test
    void aCheckpointAfterSeveralCallsGoesOnToTheSameBits() {
        Path checkpoints = directory.resolve("checkpoints");
        try (Model whole = model("java", counting());
                Model parts = model("java", counting());
                Model resumed = model("java", counting())) {
            History want = whole.fit(DATA.train(), fit(6));
            parts.fit(DATA.train(), fit(1, new ModelCheckpoint(checkpoints, 2)));
            parts.fit(DATA.train(), fit(2, new ModelCheckpoint(checkpoints, 2)));
            parts.fit(DATA.train(), fit(3, new ModelCheckpoint(checkpoints, 2), stopAt(4, 4)));
            // Six in all, not six more.
            assertSame(
                    want,
                    resumed.fit(
                            DATA.train(),
                            fit(6, new ModelCheckpoint(checkpoints, 2)).resume(checkpoints)));
            assertSame(whole, resumed);
        }
    }

    /** A data set whose picture cannot be read until it is mended. */
    private static ImageDataset breaking(ImageDataset from, AtomicBoolean broken, int picture) {
        return ImageDataset.streamed("breaking", from.imageShape(), from.targets(), List.of(), (i, pixels) -> {
            if (broken.get() && i == picture) {
                throw new IllegalStateException("bad picture");
            }
            pixels.copyFrom(from.pixels(i));
        });
    }

    private static Callback breakIn(int epoch, AtomicBoolean broken) {
        return new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                broken.compareAndSet(false, progress.epoch() == epoch);
            }
        };
    }

    @Test
    void aValidationThatFailsLosesNoEpoch() {
        Path checkpoints = directory.resolve("checkpoints");
        AtomicBoolean broken = new AtomicBoolean();
        try (Model whole = model("java", counting());
                Model failed = model("java", counting());
                Model resumed = model("java", counting());
                ImageDataset test = breaking(DATA.test(), broken, 20)) {
            EarlyStopping[] stopping = new EarlyStopping[3];
            Arrays.setAll(stopping, i -> new EarlyStopping(Monitor.VALIDATION_LOSS, 9));
            History want = whole.fit(
                    DATA.train(), fit(4, stopping[0], plateau(), new ModelCheckpoint(directory.resolve("whole"), 1)));
            int[] batches = new int[1];
            Callback counter = new Callback() {
                @Override
                public void onBatchEnd(Training training, Progress progress) {
                    batches[0]++;
                }
            };
            Fit fit = fit(4, stopping[1], plateau(), new ModelCheckpoint(checkpoints, 1), counter, breakIn(3, broken))
                    .validation(test);
            assertTrue(assertThrows(IllegalStateException.class, () -> failed.fit(DATA.train(), fit))
                    .getMessage()
                    .contains("bad picture"));
            assertEquals(3 * 7, batches[0]);
            broken.set(false);
            Fit again = fit(4, stopping[2], plateau(), new ModelCheckpoint(checkpoints, 1), counter)
                    .validation(test)
                    .resume(checkpoints);
            assertSame(want, resumed.fit(DATA.train(), again));
            assertEquals(4 * 7, batches[0], "the third epoch was trained once");
            assertSame(whole, resumed);
            assertEquals(stopping[0].bestEpoch(), stopping[2].bestEpoch());
            assertTrue(
                    ModelCheckpoint.last(checkpoints).orElseThrow().endsWith("checkpoint-00004-0000000.safetensors"));
            // The model that failed goes on too, from memory.
            assertSame(
                    want,
                    failed.fit(DATA.train(), fit(2, stopping[1], plateau()).validation(test)));
            assertSame(whole, failed);
        }
    }

    /** The fourth batch holds the second half of an update: gradients of the third one wait. */
    @Test
    void aBatchThatFailsLosesNothingBeforeIt() {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (Model whole = model("java", counting());
                Model failed = model("java", counting());
                ImageDataset train = breaking(DATA.train(), broken, 3 * BATCH)) {
            History want = whole.fit(DATA.train(), fit(2).shuffle(false));
            assertThrows(IllegalStateException.class, () -> failed.fit(train, fit(2).shuffle(false)));
            broken.set(false);
            assertSame(want, failed.fit(train, fit(2).shuffle(false)));
            assertSame(whole, failed);
        }
    }

    /** Gradients that waited for the rest of an update which never comes are forgotten. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void halfAnUpdateIsForgottenWithItsEpoch(String backend) {
        AtomicBoolean broken = new AtomicBoolean(true);
        Optimizer optimizer = new SGD(0.01).momentum(0.9).gradientAccumulationSteps(2);
        try (Model failed = withoutDropout(backend, optimizer);
                Model fresh = withoutDropout(backend, optimizer);
                ImageDataset train = breaking(DATA.train(), broken, BATCH)) {
            assertThrows(IllegalStateException.class, () -> failed.fit(train, fit(1).shuffle(false)));
            broken.set(false);
            // No update was made, so that another course begins as if nothing had been.
            assertSame(
                    fresh.fit(train, fit(1).shuffle(false).batchSize(32)),
                    failed.fit(train, fit(1).shuffle(false).batchSize(32)));
            assertSame(fresh, failed);
        }
    }

    private static Model withoutDropout(String backend, Optimizer optimizer) {
        return Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .seed(3)
                .compile(optimizer, new CategoricalCrossentropy());
    }

    @Test
    void movementsBeforeTheFirstBatchAreNone() {
        try (Model model = model("java", new SGD(0.01))) {
            model.fit(DATA.train(), fit(1, new Callback() {
                @Override
                public void onTrainBegin(Training training) {
                    assertEquals(List.of(), training.movements());
                    assertEquals(0, training.batch());
                    assertEquals(1, training.epochs());
                }
            }));
        }
    }

    @Test
    void nothingLeftToTrainIsSaid() {
        try (Model model = model("java", new SGD(0.01)).freeze(".*")) {
            String message = assertThrows(IllegalStateException.class, () -> model.fit(DATA.train(), fit(1)))
                    .getMessage();
            assertTrue(message.contains("all parameters are frozen"), message);
        }
        try (Model model = Model.sequential(Shape.of(1, 2, 5), new Flatten())
                        .compile(new SGD(0.01), new CategoricalCrossentropy(true));
                ImageDataset tiny = ImageDataset.of(
                        "tiny", Shape.of(1, 2, 5), DATA.train().classNames(), new int[4], (i, p) -> p.fill((byte) 0))) {
            String message = assertThrows(IllegalStateException.class, () -> model.fit(tiny, Fit.epochs(1)))
                    .getMessage();
            assertTrue(message.contains("no parameters"), message);
        }
    }
}
