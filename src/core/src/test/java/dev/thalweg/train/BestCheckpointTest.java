package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.metric.Metric;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of which epoch the checkpoint stays, whatever the number is that epochs are judged by. */
class BestCheckpointTest {
    private static final DataSplit DATA = ShapesDataset.generate(20, 10, 1);

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Model model() {
        return Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.JAVA, Threads.of(1))
                .compile(new SGD(0.01), new CategoricalCrossentropy());
    }

    /** A metric with a value for each validation, whatever the model says. */
    private static Metric scripted(boolean greaterIsBetter, double... values) {
        return new Metric() {
            private int tests = -1;

            @Override
            public String name() {
                return "scripted";
            }

            @Override
            public boolean greaterIsBetter() {
                return greaterIsBetter;
            }

            @Override
            public void reset() {
                tests++;
            }

            @Override
            public void update(float[] outputs, float[] targets) {}

            @Override
            public double value() {
                return values[tests];
            }
        };
    }

    private Fit fit(int epochs, Metric metric) {
        return Fit.epochs(epochs)
                .validation(DATA.test())
                .metrics(metric)
                .callbacks(new ModelCheckpoint(directory, 1, Monitor.validation(metric)));
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.startsWith("checkpoint-"))
                    .sorted()
                    .toList();
        }
    }

    private static String file(int epoch) {
        return String.format("checkpoint-%05d-0000000.safetensors", epoch);
    }

    @Test
    void theBestEpochStaysBesideTheLast() throws IOException {
        Metric less = scripted(false, 3, 1, 2, 1);
        try (Model model = model()) {
            model.fit(DATA.train(), fit(4, less));
        }
        assertEquals(List.of(file(2), file(4)), files(), "the first of equals, and the last");
        assertEquals(
                directory.resolve(file(2)),
                ModelCheckpoint.best(directory, Monitor.validation(less)).orElseThrow());
        try (Model best = Model.load(directory.resolve(file(2)))) {
            assertEquals(1, best.predict(DATA.test().take(1)).outputs().size());
        }
    }

    /** No worse epoch leaves a file, nor does a stop within an epoch; a training goes on from the best. */
    @Test
    void onlyTheBestEpochIsKept() throws IOException {
        Metric greater = scripted(true, 1, 3, 2, 3, 0);
        ModelCheckpoint bestOnly = ModelCheckpoint.bestOnly(directory, Monitor.validation(greater));
        List<List<String>> after = new ArrayList<>();
        Callback look = new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                if (progress.batch() == 1) {
                    try {
                        after.add(files());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
                if (progress.epoch() == 5) {
                    training.stop("enough");
                }
            }
        };
        Fit fit = Fit.epochs(6).batchSize(8).validation(DATA.test()).metrics(greater);
        try (Model model = model()) {
            model.fit(DATA.train(), fit.callbacks(look, bestOnly));
        }
        assertEquals(List.of(List.of(), List.of(file(1)), List.of(file(2)), List.of(file(2)), List.of(file(2))), after);
        assertEquals(List.of(file(2)), files());
        Metric next = scripted(true, 2, 4);
        try (Model model = model()) {
            History history = model.fit(
                    DATA.train(),
                    Fit.epochs(4)
                            .batchSize(8)
                            .validation(DATA.test())
                            .metrics(next)
                            .callbacks(ModelCheckpoint.bestOnly(directory, Monitor.validation(next)))
                            .resume(directory));
            assertEquals(4, history.epochs().size());
        }
        assertEquals(List.of(file(4)), files());
    }

    /** A training that goes on knows the best epoch before the break, which a better one then replaces. */
    @Test
    void itIsKnownAgainAfterABreak() throws IOException {
        try (Model model = model()) {
            model.fit(DATA.train(), fit(2, scripted(true, 5, 4)));
        }
        try (Model model = model()) {
            model.fit(DATA.train(), fit(4, scripted(true, 3, 2)).resume(directory));
        }
        assertEquals(List.of(file(1), file(4)), files());
        try (Model model = model()) {
            model.fit(DATA.train(), fit(6, scripted(true, 6, 1)).resume(directory));
        }
        assertEquals(List.of(file(5), file(6)), files());
    }

    @Test
    void whatIsNotMeasuredIsSaid() {
        Monitor missing = new Monitor("macro_f1", true, true);
        try (Model model = model()) {
            String message = assertThrows(
                            IllegalStateException.class,
                            () -> model.fit(
                                    DATA.train(),
                                    Fit.epochs(1)
                                            .validation(DATA.test())
                                            .callbacks(new ModelCheckpoint(directory, 1, missing))))
                    .getMessage();
            assertTrue(message.contains("validation macro f1") && message.contains("Fit.metrics"), message);
            assertTrue(message.contains("accuracy"), message);
        }
    }

    /** Early stopping and lower rates by any metric, in its direction. */
    @Test
    void anyMetricStopsATraining() {
        for (boolean greater : new boolean[] {true, false}) {
            Metric metric = scripted(greater, 2, greater ? 3 : 1, 2, 2, 9);
            EarlyStopping stopping = new EarlyStopping(Monitor.validation(metric), 2);
            try (Model model = model()) {
                History history = model.fit(
                        DATA.train(),
                        Fit.epochs(5)
                                .validation(DATA.test())
                                .metrics(metric)
                                .callbacks(stopping, new ReduceLROnPlateau(Monitor.validation(metric), 0.5, 1)));
                assertEquals(4, history.epochs().size());
                assertEquals(2, stopping.bestEpoch());
                assertTrue(history.stopReason().orElseThrow().contains("validation scripted"));
                // Lowered after the third epoch, so that the fourth ran at half the rate.
                assertEquals(0.005f, history.last().learningRate());
            }
        }
    }
}
