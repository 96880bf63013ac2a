package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ChannelStatistics;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.format.Safetensors;
import dev.thalweg.inference.Predictions;
import dev.thalweg.io.BadFileException;
import dev.thalweg.loss.BinaryCrossentropy;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.AveragePooling2D;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Layer;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.Padding;
import dev.thalweg.model.Reshape;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import dev.thalweg.train.TrainingDivergedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelTest {
    private static final DataSplit DATA = ShapesDataset.generate(330, 130, 1);
    private static final Shape INPUT = Shape.of(3, 32, 32);

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Layer[] small() {
        return new Layer[] {
            new Conv2D(8, 3, Activation.RELU).stride(2),
            new MaxPooling2D(2),
            new Flatten(),
            new Dense(10, Activation.SOFTMAX)
        };
    }

    private static Model compiled() {
        return Model.sequential(INPUT, small()).compile(new SGD(0.01).momentum(0.9), new CategoricalCrossentropy());
    }

    @Test
    void trainsEvaluatesAndPredicts() {
        try (Model model = compiled()) {
            History history =
                    model.fit(DATA.train(), Fit.epochs(6).batchSize(16).validation(DATA.test()));
            assertEquals(6, history.epochs().size());
            assertTrue(history.last().loss() < history.epochs().getFirst().loss());
            Evaluation result = model.evaluate(DATA.test());
            assertEquals(history.last().validation().orElseThrow().accuracy(), result.accuracy());
            // Validation ran in other batches, whose sums are rounded in another order.
            assertEquals(history.last().validation().orElseThrow().loss(), result.loss(), 1e-5);
            Predictions predictions = model.predict(DATA.test());
            int correct = 0;
            for (int i = 0; i < DATA.test().size(); i++) {
                double sum = 0;
                for (float p : predictions.outputs().get(i)) {
                    sum += p;
                }
                assertEquals(1, sum, 1e-5);
                correct += predictions.classOf(i) == DATA.test().label(i) ? 1 : 0;
            }
            assertEquals(result.accuracy(), (double) correct / DATA.test().size());
            assertEquals(ShapesDataset.CLASS_NAMES.get(predictions.classOf(0)), predictions.classNameOf(0));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void theSameSeedGivesTheSameBits(String backend) {
        assertTrue(sameWeights(trained(backend, 3), trained(backend, 3)));
        assertFalse(sameWeights(trained(backend, 3), trained(backend, 4)));
    }

    private static Map<String, float[]> trained(String backend, long seed) {
        try (Model model = compiled().seed(seed).backend(BackendChoice.of(backend), Threads.of(2))) {
            model.fit(DATA.train(), Fit.epochs(2).seed(seed));
            return model.weights();
        }
    }

    private static boolean sameWeights(Map<String, float[]> a, Map<String, float[]> b) {
        return a.keySet().equals(b.keySet())
                && a.keySet().stream().allMatch(name -> Arrays.equals(a.get(name), b.get(name)));
    }

    @Test
    void evaluatingFirstDoesNotChangeTheTraining() {
        try (Model plain = compiled();
                Model evaluated = compiled()) {
            evaluated.evaluate(DATA.test());
            evaluated.predict(DATA.test());
            plain.fit(DATA.train(), Fit.epochs(1));
            evaluated.fit(DATA.train(), Fit.epochs(1));
            assertTrue(sameWeights(plain.weights(), evaluated.weights()));
        }
    }

    @Test
    void fittingTwiceGoesOn() {
        try (Model model = compiled()) {
            double first = model.fit(DATA.train(), Fit.epochs(2)).last().loss();
            assertTrue(model.fit(DATA.train(), Fit.epochs(2)).last().loss() < first);
        }
    }

    @Test
    void everyLayerSurvivesSavingAndLoading() throws IOException {
        Layer[] all = {
            new Conv2D(6, 3, Activation.LEAKY_RELU).padding(Padding.SAME),
            new Conv2D(12, 2).groups(2).dilation(2).padding(Padding.of(1)).useBias(false),
            new ActivationLayer(Activation.GELU),
            new AveragePooling2D(3).stride(2).padding(Padding.SAME),
            new MaxPooling2D(2),
            new GlobalAveragePooling2D(),
            new Reshape(List.of(3, 2, 2)),
            new Flatten(),
            new Dense(7, Activation.TANH).useBias(false),
            new Dense(10, Activation.SOFTMAX)
        };
        Path file = directory.resolve("model.safetensors");
        List<float[]> outputs;
        try (Model model = Model.sequential(INPUT, all)
                .normalization(ChannelStatistics.standardization(DATA.train()))
                .compile(new SGD(0.01), new CategoricalCrossentropy())) {
            model.fit(DATA.train(), Fit.epochs(1));
            outputs = model.predict(DATA.test()).outputs();
            model.save(file);
            try (Model loaded = Model.load(file)) {
                assertEquals(model.network(), loaded.network());
                assertEquals(ShapesDataset.CLASS_NAMES, loaded.targets().names());
                assertTrue(sameWeights(model.weights(), loaded.weights()));
                assertEquals(model.evaluate(DATA.test()), loaded.evaluate(DATA.test()));
                List<float[]> again = loaded.predict(DATA.test()).outputs();
                for (int i = 0; i < outputs.size(); i++) {
                    assertArrayEquals(outputs.get(i), again.get(i), 1e-6f);
                }
            }
        }
    }

    @Test
    void otherModelsFilesAreRefused() throws IOException {
        Path file = directory.resolve("model.safetensors");
        try (Model model = compiled()) {
            model.save(file);
        }
        Safetensors content = Safetensors.read(file);
        refused(new Safetensors(Map.of(), content.tensors()), "thalweg.model");
        refused(new Safetensors(content.metadata(), Map.of()), "expected a tensor conv2d.kernel [8, 3, 3, 3]");
        String json = content.metadata().get("thalweg.model");
        refused(
                new Safetensors(
                        Map.of("thalweg.model", json.replace("\"version\":3", "\"version\":9")), content.tensors()),
                "version 9");
        refused(
                new Safetensors(Map.of("thalweg.model", json.replace("Flatten", "Teleport")), content.tensors()),
                "Teleport");
        refused(
                new Safetensors(
                        Map.of("thalweg.model", json.replace("\"units\":10", "\"units\":-1")), content.tensors()),
                "cannot be understood");
        refused(
                new Safetensors(Map.of("thalweg.model", json.replace("[3,32,32]", "[3,2,2]")), content.tensors()),
                "does not fit");
    }

    private void refused(Safetensors content, String part) throws IOException {
        Path bad = directory.resolve("bad.safetensors");
        content.write(bad);
        String message =
                assertThrows(BadFileException.class, () -> Model.load(bad)).getMessage();
        assertTrue(message.contains(part) && message.contains("bad.safetensors"), message);
    }

    @Test
    void aFailedSaveLeavesTheOldFile() throws IOException {
        Path file = directory.resolve("model.safetensors");
        try (Model model = compiled()) {
            model.save(file);
            byte[] before = Files.readAllBytes(file);
            assertThrows(IOException.class, () -> model.save(file.resolve("inside a file")));
            assertArrayEquals(before, Files.readAllBytes(file));
        }
    }

    @Test
    void mistakesAreExplained() {
        try (Model model = Model.sequential(INPUT, small())) {
            message(
                    IllegalStateException.class,
                    "call compile before fit",
                    () -> model.fit(DATA.train(), Fit.epochs(1)));
            model.compile(new SGD(0.1), new MeanSquaredError());
            try (DataSplit other = ShapesDataset.generate(10, 10, 1);
                    Model grey = Model.sequential(Shape.of(1, 32, 32), small())) {
                message(ShapeException.class, "takes pictures [1, 32, 32]", () -> grey.evaluate(other.test()));
            }
        }
        try (Model five = Model.sequential(INPUT, new Flatten(), new Dense(5, Activation.SOFTMAX))
                .compile(new SGD(0.1), new CategoricalCrossentropy())) {
            message(ShapeException.class, "Dense layer of 10 units", () -> five.fit(DATA.train(), Fit.epochs(1)));
        }
        message(
                ShapeException.class,
                "layer 2 (dense): Dense needs rows of numbers",
                () -> Model.sequential(INPUT, new Conv2D(4, 3), new Dense(10)));
        message(
                ShapeException.class,
                "layer 2 (conv2d): Conv2D needs pictures",
                () -> Model.sequential(INPUT, new Flatten(), new Conv2D(4, 3)));
        message(ShapeException.class, "filters must be at least 1", () -> new Conv2D(0, 3));
        message(IllegalArgumentException.class, "epochs", () -> Fit.epochs(0));
        message(
                IllegalArgumentException.class,
                "batch size",
                () -> Fit.epochs(1).batchSize(0));
        message(
                IllegalArgumentException.class,
                "no backend \"gpu\"",
                () -> Model.sequential(INPUT, new Flatten()).backend(BackendChoice.of("gpu"), Threads.of(1)));
    }

    private static void message(Class<? extends RuntimeException> type, String part, Executable mistake) {
        String message = assertThrows(type, mistake).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void aClosedModelThrows() {
        Model model = compiled();
        model.fit(DATA.train(), Fit.epochs(1));
        model.close();
        model.close();
        message(IllegalStateException.class, "closed", () -> model.predict(DATA.test()));
        message(IllegalStateException.class, "closed", model::weights);
        message(IllegalStateException.class, "closed", () -> model.seed(3));
    }

    @Test
    void aDivergingTrainingStopsWithADiagnosisAndIsNotSaved() {
        Path file = directory.resolve("diverged.safetensors");
        try (Model model =
                Model.sequential(INPUT, new Flatten(), new Dense(10)).compile(new SGD(1e30), new MeanSquaredError())) {
            message(
                    TrainingDivergedException.class,
                    "Use a lower learning rate",
                    () -> model.fit(DATA.train(), Fit.epochs(3)));
            assertTrue(assertThrows(IllegalStateException.class, () -> model.save(file))
                    .getMessage()
                    .contains("diverged"));
            assertFalse(Files.exists(file));
        }
    }

    @Test
    void evaluatingOnOtherClassesIsRefused() {
        try (Model model = compiled();
                DataSplit other = ShapesDataset.generate(10, 10, 1)) {
            model.fit(DATA.train(), Fit.epochs(1));
            ImageDataset renamed = ImageDataset.of(
                    "renamed",
                    INPUT,
                    List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"),
                    new int[10],
                    (i, target) -> target.copyFrom(other.test().pixels(i)));
            try (renamed) {
                message(IllegalArgumentException.class, "got some of [a, b", () -> model.evaluate(renamed));
            }
        }
    }

    @Test
    void otherLossesTrainToo() {
        try (Model model = Model.sequential(INPUT, new Flatten(), new Dense(10, Activation.SIGMOID))
                .compile(new SGD(0.05), new BinaryCrossentropy())) {
            History history = model.fit(DATA.train(), Fit.epochs(5));
            assertTrue(history.last().loss() < history.epochs().getFirst().loss());
        }
    }

    @Test
    void allMemoryComesBack() {
        long before = MemoryOwner.liveBytes();
        trained("onednn", 1);
        trained("java", 1);
        assertEquals(before, MemoryOwner.liveBytes());
    }

    /** 32·(3·3·3 + 1) + 10·(15·15·32 + 1), as Keras prints for this network. */
    @Test
    void theSummaryCountsAsKeras() {
        try (Model model = Model.sequential(
                INPUT,
                new Conv2D(32, 3, Activation.RELU),
                new MaxPooling2D(2),
                new Flatten(),
                new Dense(10, Activation.SOFTMAX))) {
            String summary = model.summary();
            for (String part :
                    List.of("[N, 32, 30, 30]", "896", "[N, 32, 15, 15]", "[N, 7200]", "72,010", "Total: 72,906")) {
                assertTrue(summary.contains(part), summary);
            }
        }
    }
}
