package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.RandomHorizontalFlip;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.files.ClaimedFolder;
import dev.thalweg.format.Safetensors;
import dev.thalweg.io.BadFileException;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.Adadelta;
import dev.thalweg.optim.Adagrad;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.AdamW;
import dev.thalweg.optim.LAMB;
import dev.thalweg.optim.LARS;
import dev.thalweg.optim.Lion;
import dev.thalweg.optim.Lookahead;
import dev.thalweg.optim.Muon;
import dev.thalweg.optim.Nadam;
import dev.thalweg.optim.OneCycle;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.ParameterGroup;
import dev.thalweg.optim.RMSprop;
import dev.thalweg.optim.Rule;
import dev.thalweg.optim.SAM;
import dev.thalweg.optim.SGD;
import dev.thalweg.optim.ScheduleFreeAdamW;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A training that was cut off goes on as if it had not been: the same bits in weights and history. */
class ResumeTest {
    private static final DataSplit DATA = data();
    private static final int EPOCHS = 6;

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static DataSplit data() {
        return ShapesDataset.generate(150, 40, 1);
    }

    private static Map<String, Optimizer> optimizers() {
        Map<String, Optimizer> all = new LinkedHashMap<>();
        for (Rule rule : List.of(
                new SGD(0.01),
                new SGD(0.01).momentum(0.9),
                new SGD(0.01).nesterov(0.9).decay(0.01),
                new Adagrad(0.01),
                new RMSprop(0.001),
                new RMSprop(0.001).momentum(0.5).centered(true),
                new Adam(0.001),
                new AdamW(0.001),
                new Adadelta(1),
                new Nadam(0.001),
                new Lion(0.0003),
                new LAMB(0.003),
                new LARS(1),
                new Lookahead(new SGD(0.01).momentum(0.9), 7, 0.5),
                new ScheduleFreeAdamW(0.001, 0.9, 0.999, 1e-8, 0.1, 5),
                new SAM(new SGD(0.01).momentum(0.9)))) {
            all.put(rule.toString(), rule);
        }
        all.put(
                "Muon beside AdamW",
                new Muon(0.02)
                        .emaMomentum(0.9)
                        .group(ParameterGroup.of(".*bias|dense.*")
                                .rule(new AdamW(1))
                                .rateFactor(0.05)));
        all.put(
                "everything",
                new Adam(0.001)
                        .schedule(new OneCycle(0.002, 60).warmUp(5))
                        .clipGlobalNorm(1)
                        .l2(1e-4)
                        .maxNorm(2)
                        .emaMomentum(0.9)
                        .gradientAccumulationSteps(2));
        return all;
    }

    static Stream<String> names() {
        return optimizers().keySet().stream();
    }

    private static Model model(Optimizer optimizer, String backend) {
        return Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(8, 3, Activation.RELU).stride(2),
                        new MaxPooling2D(2),
                        new Dropout(0.25),
                        new Flatten(),
                        new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .seed(3)
                .compile(optimizer, new CategoricalCrossentropy());
    }

    private static Fit fit(DataSplit data, Path checkpoints) {
        return fit(EPOCHS, data, checkpoints);
    }

    private static Fit fit(int epochs, DataSplit data, Path checkpoints) {
        return Fit.epochs(epochs)
                .batchSize(16)
                .seed(9)
                .validation(data.test())
                .callbacks(
                        new ModelCheckpoint(checkpoints, 2),
                        new ReduceLROnPlateau(Monitor.LOSS, 0.5, 1),
                        new EarlyStopping(Monitor.VALIDATION_ACCURACY, 50));
    }

    /** What the other process does: train, and wait to be killed in the fourth epoch. */
    public static void main(String[] arguments) {
        Callback waiting = new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                if (progress.epoch() == 4 && progress.batch() == 5) {
                    System.out.println("kill me");
                    System.out.flush();
                    try {
                        Thread.sleep(60_000);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        };
        try (DataSplit data = data();
                Model model = model(optimizers().get(arguments[0]), "onednn")) {
            Fit fit = fit(data, Path.of(arguments[1]));
            model.fit(
                    data.train(),
                    fit.callbacks(Stream.concat(fit.callbacks().stream(), Stream.of(waiting))
                            .toList()));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void threeEpochsAKillAndTheRestAreSixEpochs(String name) throws Exception {
        Path killed = directory.resolve("killed");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ResumeTest.class.getName(),
                        name,
                        killed.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = other.inputReader()) {
            assertEquals("kill me", lines.readLine());
        } finally {
            other.destroyForcibly();
            assertTrue(other.waitFor(30, TimeUnit.SECONDS));
        }
        Optimizer optimizer = optimizers().get(name);
        try (Model whole = model(optimizer, "onednn");
                Model resumed = model(optimizer, "onednn")) {
            History want = whole.fit(DATA.train(), fit(DATA, directory.resolve("whole")));
            History got = resumed.fit(DATA.train(), fit(DATA, killed).resume(killed));
            assertSame(want, got);
            assertSame(whole, resumed);
            if (optimizer.descent().averageSlot("dense.kernel") >= 0) {
                assertArrayEquals(
                        whole.averagedWeights().get("dense.kernel"),
                        resumed.averagedWeights().get("dense.kernel"));
            }
        }
    }

    private static void assertSame(Model want, Model got) {
        want.weights().forEach((name, values) -> {
            assertArrayEquals(values, got.weights().get(name), name);
            assertFalse(Arrays.equals(values, want.network().initialWeights(3).get(name)), name + " never moved");
        });
    }

    private static void assertSame(History want, History got) {
        assertEquals(want.epochs().size(), got.epochs().size());
        for (int i = 0; i < want.epochs().size(); i++) {
            EpochResult a = want.epochs().get(i);
            EpochResult b = got.epochs().get(i);
            assertEquals(a.loss(), b.loss());
            assertEquals(a.accuracy(), b.accuracy());
            assertEquals(a.validation(), b.validation());
            assertEquals(a.learningRate(), b.learningRate());
        }
    }

    /** Stopped within the second epoch, also where gradients are being accumulated. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void aStopWithinAnEpochGoesOnThere(String backend) {
        Optimizer optimizer = optimizers().get("everything");
        try (Model whole = model(optimizer, backend)) {
            History want = whole.fit(DATA.train(), fit(DATA, directory.resolve("whole")));
            for (int stopAfter : new int[] {1, 4, 9}) {
                Path place = directory.resolve("stopped" + stopAfter);
                Callback stop = new Callback() {
                    @Override
                    public void onBatchEnd(Training training, Progress progress) {
                        if (progress.epoch() == 2 && progress.batch() == stopAfter) {
                            training.stop("asked to");
                        }
                    }
                };
                try (Model first = model(optimizer, backend);
                        Model second = model(optimizer, backend)) {
                    Fit fit = fit(DATA, place);
                    History cut = first.fit(
                            DATA.train(),
                            fit.callbacks(Stream.concat(fit.callbacks().stream(), Stream.of(stop))
                                    .toList()));
                    assertEquals("asked to", cut.stopReason().orElseThrow());
                    // The ninth of ten batches waits for the tenth, with which it is one update, and that ends the
                    // epoch.
                    assertEquals(stopAfter == 9 ? 2 : 1, cut.epochs().size());
                    History got = second.fit(DATA.train(), fit(DATA, place).resume(place));
                    assertSame(want, got);
                    assertSame(whole, second);
                }
            }
        }
    }

    @Test
    void onlyTheLastCheckpointsAreKept() throws IOException {
        try (Model model = model(new SGD(0.01), "onednn")) {
            model.fit(DATA.train(), fit(DATA, directory));
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(
                    List.of("checkpoint-00005-0000000.safetensors", "checkpoint-00006-0000000.safetensors"),
                    files.map(f -> f.getFileName().toString())
                            .filter(f -> !f.equals(ClaimedFolder.MARK))
                            .sorted()
                            .toList());
        }
        Path last = ModelCheckpoint.last(directory).orElseThrow();
        try (Model loaded = Model.load(last)) {
            assertEquals(DATA.train().classNames(), loaded.targets().names());
            loaded.evaluate(DATA.test());
        }
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        Path model = directory.resolve("model.safetensors");
        Path checkpoints = directory.resolve("checkpoints");
        try (Model first = model(new SGD(0.01), "java")) {
            first.fit(DATA.train(), fit(DATA, checkpoints));
            first.save(model);
        }
        try (Model other = model(new Adam(0.01), "java")) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> other.fit(
                                    DATA.train(),
                                    fit(DATA, directory.resolve("x")).resume(checkpoints)))
                    .getMessage();
            assertTrue(message.contains("Adam") && message.contains("SGD"), message);
        }
        try (Model same = model(new SGD(0.01), "java")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> same.fit(
                            DATA.train(),
                            fit(DATA, directory.resolve("x")).batchSize(8).resume(checkpoints)));
            assertInstanceOf(
                    BadFileException.class,
                    assertThrows(
                                    UncheckedIOException.class,
                                    () -> same.fit(
                                            DATA.train(),
                                            fit(DATA, directory.resolve("x")).resume(model)))
                            .getCause());
            // Nothing there yet: a fresh start.
            assertEquals(
                    EPOCHS,
                    same.fit(DATA.train(), fit(DATA, directory.resolve("x")).resume(directory.resolve("nothing")))
                            .epochs()
                            .size());
        }
        try (Model other = Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10, Activation.SOFTMAX))
                .compile(new SGD(0.01), new CategoricalCrossentropy())) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> other.fit(
                            DATA.train(), fit(DATA, directory.resolve("x")).resume(checkpoints)));
        }
    }

    private record Change(String field, UnaryOperator<Model> model, UnaryOperator<Fit> fit, ImageDataset data) {
        static Change of(String field, UnaryOperator<Model> model) {
            return new Change(field, model, UnaryOperator.identity(), DATA.train());
        }

        static Change ofFit(String field, UnaryOperator<Fit> fit) {
            return new Change(field, UnaryOperator.identity(), fit, DATA.train());
        }

        static Change ofData(String field, ImageDataset data) {
            return new Change(field, UnaryOperator.identity(), UnaryOperator.identity(), data);
        }
    }

    /** The training pictures with other names, or one other byte. */
    private static ImageDataset likeTraining(List<String> classNames, int firstByte) {
        ImageDataset from = DATA.train();
        int[] labels = new int[from.size()];
        Arrays.setAll(labels, from::label);
        return ImageDataset.of("like it", from.imageShape(), classNames, labels, (i, pixels) -> {
            pixels.copyFrom(from.pixels(i));
            if (i == 0) {
                pixels.set(0, (byte) (from.pixels(i).get(ValueLayout.JAVA_BYTE, 0) + firstByte));
            }
        });
    }

    @Test
    void aRefusalNamesTheFieldsThatDifferAndNoOthers() {
        List<String> swapped = new ArrayList<>(DATA.train().classNames());
        Collections.swap(swapped, 0, 1);
        Optimizer plain = new SGD(0.01);
        try (ImageDataset renamed = likeTraining(swapped, 0);
                ImageDataset changed = likeTraining(DATA.train().classNames(), 1);
                ImageDataset same = likeTraining(DATA.train().classNames(), 0);
                Model first = model(plain, "java").freeze("conv2d.*")) {
            first.fit(DATA.train(), fit(1, DATA, directory));
            List<Change> changes = List.of(
                    Change.of("optimizer", m -> m.compile(new SGD(0.02), new CategoricalCrossentropy())),
                    Change.of("loss", m -> m.compile(plain, new CategoricalCrossentropy().labelSmoothing(0.1))),
                    Change.of("frozen", m -> m.freeze("")),
                    Change.of("frozen", m -> m.freeze("conv2d.bias")),
                    Change.ofFit("batchSize", f -> f.batchSize(8)),
                    Change.ofFit("seed", f -> f.seed(1)),
                    Change.ofFit("sampler", fit -> fit.shuffle(false)),
                    Change.ofFit("augmentations", f -> f.augmentations(new RandomHorizontalFlip())),
                    Change.ofFit("classWeights", f -> f.classWeights(Collections.nCopies(10, 2.0))),
                    Change.ofData("targets", renamed),
                    Change.ofData("data", changed));
            for (Change change : changes) {
                try (Model other = change.model().apply(model(plain, "java").freeze("conv2d.*"))) {
                    Fit fit = change.fit()
                            .apply(fit(DATA, directory)
                                    .callbacks(new ModelCheckpoint(directory, 2))
                                    .resume(directory));
                    String message = assertThrows(
                                    IllegalArgumentException.class, () -> other.fit(change.data(), fit), change.field())
                            .getMessage();
                    List<String> named = Pattern.compile("(\\w+): got ")
                            .matcher(message)
                            .results()
                            .map(m -> m.group(1))
                            .toList();
                    // The fingerprint is of the names too.
                    assertEquals(
                            change.field().equals("targets") ? List.of("targets", "data") : List.of(change.field()),
                            named,
                            message);
                }
            }
            try (Model resumed = model(plain, "java").freeze("conv2d.*")) {
                History history = resumed.fit(same, fit(2, DATA, directory).resume(directory));
                assertEquals(2, history.epochs().size());
                assertEquals(List.of(), history.warnings());
            }
        }
    }

    @Test
    void anotherBackendOrOtherThreadsAreWarnedOf() {
        try (Model first = model(new SGD(0.01), "java");
                Model threads = model(new SGD(0.01), "java").backend(BackendChoice.JAVA, Threads.of(1));
                Model backend = model(new SGD(0.01), "onednn")) {
            first.fit(DATA.train(), fit(1, DATA, directory));
            History history = threads.fit(DATA.train(), fit(2, DATA, directory).resume(directory));
            assertTrue(
                    history.warnings().getFirst().contains("threads: got 2, expected 1"),
                    history.warnings().toString());
            // Warnings stay with the history.
            History again = backend.fit(DATA.train(), fit(3, DATA, directory).resume(directory));
            assertEquals(2, again.warnings().size());
            assertTrue(
                    again.warnings().getLast().contains("backend: got java"),
                    again.warnings().toString());
        }
    }

    @Test
    void anOlderCheckpointIsRefusedByItsVersion() throws IOException {
        try (Model model = model(new SGD(0.01), "java")) {
            model.fit(DATA.train(), fit(1, DATA, directory));
            Path file = ModelCheckpoint.last(directory).orElseThrow();
            Safetensors content = Safetensors.read(file);
            Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
            metadata.computeIfPresent("thalweg.training", (key, json) -> json.replace("\"version\":4,", ""));
            new Safetensors(metadata, content.tensors()).write(file);
            IOException refusal = assertThrows(
                            UncheckedIOException.class,
                            () -> model.fit(DATA.train(), fit(DATA, directory).resume(directory)))
                    .getCause();
            String message = assertInstanceOf(BadFileException.class, refusal).getMessage();
            assertTrue(message.contains("version 1, expected 4"), message);
        }
    }
}
