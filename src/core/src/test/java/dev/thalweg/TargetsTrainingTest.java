package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.PixelSink;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.Targets;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Reduction;
import dev.thalweg.inference.Predictions;
import dev.thalweg.loss.BinaryCrossentropy;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Huber;
import dev.thalweg.loss.Loss;
import dev.thalweg.metric.Accuracy;
import dev.thalweg.metric.Average;
import dev.thalweg.metric.F1Score;
import dev.thalweg.metric.R2Score;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.Adam;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of labels and of numbers, from drawn pictures to the evaluation of what was saved. */
class TargetsTrainingTest {
    private static final int SIZE = 16;
    private static final Shape PICTURE = Shape.of(1, SIZE, SIZE);
    private static final List<String> LABELS = List.of("square", "bar", "dots");
    private static final List<String> NUMBERS = List.of("x", "y");

    @TempDir
    private Path directory;

    private static void fill(PixelSink pixels, int left, int top, int width, int height) {
        for (int y = top; y < top + height; y++) {
            for (int x = left; x < left + width; x++) {
                pixels.set(0, y, x, (byte) 255);
            }
        }
    }

    /** Any of a square in the left half, a bar along the bottom, and dots at the right. */
    private static ImageDataset labelled(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<String>> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            labels.add(LABELS.stream().filter(_ -> random.nextBoolean()).toList());
        }
        return ImageDataset.of("labelled", PICTURE, Targets.ofMultiLabels(LABELS, labels), (i, pixels) -> {
            pixels.fill((byte) 0);
            if (labels.get(i).contains("square")) {
                fill(pixels, random.nextInt(4), random.nextInt(6), 4, 4);
            }
            if (labels.get(i).contains("bar")) {
                fill(pixels, 0, 12 + random.nextInt(3), SIZE, 2);
            }
            if (labels.get(i).contains("dots")) {
                fill(pixels, 10 + random.nextInt(2), 2, 1, 1);
                fill(pixels, 13 + random.nextInt(2), 5, 1, 1);
            }
        });
    }

    /** Where the middle of a square is, from -1 to 1. */
    private static ImageDataset placed(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[][] rows = new float[count][];
        int[][] corners = new int[count][];
        for (int i = 0; i < count; i++) {
            corners[i] = new int[] {random.nextInt(SIZE - 3), random.nextInt(SIZE - 3)};
            rows[i] = new float[] {corners[i][0] / 6f - 1, corners[i][1] / 6f - 1};
        }
        return ImageDataset.of("placed", PICTURE, Targets.ofRegression(NUMBERS, rows), (i, pixels) -> {
            pixels.fill((byte) 0);
            fill(pixels, corners[i][0], corners[i][1], 4, 4);
        });
    }

    private static Model network(int outputs, Activation last) {
        return Model.sequential(
                        PICTURE,
                        new Conv2D(8, 3, Activation.RELU),
                        new MaxPooling2D(2),
                        new Flatten(),
                        new Dense(outputs, last))
                .backend(BackendChoice.JAVA, Threads.of(1));
    }

    /**
     * As many inputs as outputs, so that taking one for the other would not be refused by its shape. The loss, in
     * double from the probabilities, is the definition's; both are of about 1, rounded to 24 bits several times.
     */
    @Test
    void theLossOfLabelsIsOfWhatTheNetworkYields() {
        Shape shape = Shape.of(1, 1, 3);
        float[][] wanted = {{1, 0, 1}, {0, 0, 1}};
        try (ImageDataset data = ImageDataset.of(
                        "levels",
                        shape,
                        Targets.ofMultiLabels(LABELS, wanted),
                        (i, pixels) -> pixels.copyFrom((byte) (40 * i), (byte) 90, (byte) 200));
                Model model = Model.sequential(shape, new Flatten(), new Dense(3, Activation.SIGMOID))
                        .backend(BackendChoice.JAVA, Threads.of(1))
                        .compile(new Adam(0.01), new BinaryCrossentropy())) {
            List<float[]> yielded = model.predict(data).outputs();
            double sum = 0;
            for (int i = 0; i < wanted.length; i++) {
                for (int k = 0; k < 3; k++) {
                    sum -= Math.log(wanted[i][k] == 1 ? yielded.get(i)[k] : 1.0 - yielded.get(i)[k]);
                }
            }
            assertEquals(sum / 6, model.evaluate(data).loss(), 1e-6);
        }
    }

    /**
     * Half of each label's pictures have it: who says no to all is right for half, and at one half for each the loss is
     * log 2 = 0.693.
     */
    @Test
    void aModelOfLabelsLearns() throws IOException {
        Path file = directory.resolve("labels.safetensors");
        try (ImageDataset train = labelled(128, 1);
                ImageDataset test = labelled(64, 2);
                Model model = network(LABELS.size(), Activation.SIGMOID)) {
            model.compile(new Adam(0.01), new BinaryCrossentropy());
            History history = model.fit(train, Fit.epochs(12).batchSize(16).validation(test));
            assertTrue(history.last().metric("binary_accuracy") > 0.9);
            assertTrue(history.last().validation().orElseThrow().metrics().containsKey("binary_accuracy"));
            Evaluation result = model.evaluate(test, new F1Score(Average.MICRO));
            assertTrue(result.loss() < 0.3, result.toString());
            assertTrue(result.metric("binary_accuracy") > 0.9, result.toString());
            assertTrue(result.metric("micro_f1") > 0.9, result.toString());
            model.save(file);
            try (Model loaded = Model.load(file)) {
                assertEquals(new TargetSpec(TargetKind.MULTI_LABEL, LABELS), loaded.targets());
                assertEquals(
                        result,
                        loaded.backend(BackendChoice.JAVA, Threads.of(1)).evaluate(test, new F1Score(Average.MICRO)));
                Predictions predictions = loaded.predict(test);
                assertEquals(loaded.targets(), predictions.targets());
                assertEquals(
                        predictions.outputs().getFirst()[1] > 0.5,
                        predictions.labelsOf(0, 0.5).contains("bar"));
            }
        }
    }

    /** Who always says the mean has an R² of 0; one who knows has 1. */
    @Test
    void aModelOfNumbersLearns() throws IOException {
        Path file = directory.resolve("numbers.safetensors");
        try (ImageDataset train = placed(128, 1);
                ImageDataset test = placed(64, 2);
                Model model = network(NUMBERS.size(), Activation.LINEAR)) {
            model.compile(new Adam(0.01), new Huber());
            double before = model.evaluate(test).metric("mean_absolute_error");
            History history = model.fit(train, Fit.epochs(20).batchSize(16));
            assertTrue(history.last().metric("mean_absolute_error") < before / 2);
            R2Score score = new R2Score();
            Evaluation result = model.evaluate(test, score);
            assertTrue(result.metric("r2_score") > 0.8, result.toString());
            assertTrue(score.value(0) > 0.8 && score.value(1) > 0.8, result.toString());
            assertEquals(
                    List.of("mean_absolute_error", "r2_score"),
                    List.copyOf(result.metrics().keySet()));
            model.save(file);
            try (Model loaded = Model.load(file)) {
                assertEquals(new TargetSpec(TargetKind.REGRESSION, NUMBERS), loaded.targets());
                assertEquals(
                        result,
                        loaded.backend(BackendChoice.JAVA, Threads.of(1)).evaluate(test, new R2Score()));
                Predictions predictions = loaded.predict(test);
                assertEquals(predictions.outputs().getFirst()[1], predictions.valueOf(0, "y"));
                assertThrows(IllegalArgumentException.class, () -> predictions.valueOf(0, "z"));
            }
        }
    }

    @Test
    void whatDoesNotFitTheTargetsIsRefused() {
        try (ImageDataset labels = labelled(16, 1);
                ImageDataset numbers = placed(16, 1);
                Model model = network(LABELS.size(), Activation.SOFTMAX)
                        .compile(new Adam(0.01), new CategoricalCrossentropy())) {
            String loss = assertThrows(IllegalArgumentException.class, () -> model.fit(labels, Fit.epochs(1)))
                    .getMessage();
            assertTrue(loss.contains("binary cross-entropy"), loss);
            String outputs = assertThrows(ShapeException.class, () -> model.fit(numbers, Fit.epochs(1)))
                    .getMessage();
            assertTrue(outputs.contains("2 numbers each") && outputs.contains("2 units"), outputs);
        }
        try (ImageDataset labels = labelled(16, 1);
                ImageDataset numbers = placed(16, 1);
                Model model =
                        network(LABELS.size(), Activation.SIGMOID).compile(new Adam(0.01), new BinaryCrossentropy())) {
            model.fit(labels, Fit.epochs(1));
            String metric = assertThrows(IllegalArgumentException.class, () -> model.evaluate(labels, new Accuracy()))
                    .getMessage();
            assertTrue(metric.contains("accuracy measures classes"), metric);
            assertThrows(
                    IllegalArgumentException.class, () -> model.evaluate(labels).accuracy());
            String other = assertThrows(IllegalArgumentException.class, () -> model.evaluate(numbers))
                    .getMessage();
            assertTrue(other.contains("square") && other.contains("[x, y]"), other);
        }
    }

    /** A formula, and a class without a name of its own, each without a name for files. */
    @Test
    void aModelOfALossWithoutANameSaysSo() throws IOException {
        Loss.Formula formula =
                (g, predicted, target) -> g.reduce(Reduction.Kind.MEAN, g.eltwise(Eltwise.Kind.SQUARE, predicted));
        for (Loss own : List.of(Loss.of(formula), (Loss) formula::of)) {
            Path file = directory.resolve("nameless.safetensors");
            try (ImageDataset data = placed(8, 1);
                    Model model = network(NUMBERS.size(), Activation.LINEAR).compile(new Adam(0.01), own)) {
                model.fit(data, Fit.epochs(1).batchSize(8));
                model.save(file);
                try (Model loaded = Model.load(file).backend(BackendChoice.JAVA, Threads.of(1))) {
                    assertEquals(8, loaded.predict(data).outputs().size());
                    String message = assertThrows(IllegalStateException.class, () -> loaded.evaluate(data))
                            .getMessage();
                    assertTrue(
                            message.contains("a loss that is a function without a name")
                                    && message.contains("Loss.of(name, formula)"),
                            message);
                }
            }
        }
    }

    /** A loss that is known where the model was saved and not where it is loaded. */
    @Test
    void aModelOfAnUnknownLossPredictsAndSaysWhatIsMissing() throws IOException {
        Path file = directory.resolve("own.safetensors");
        Loss own = Loss.of("acme.Quartic", (g, predicted, target) -> {
            var square = g.eltwise(Eltwise.Kind.SQUARE, g.binary(Binary.Kind.SUB, predicted, target));
            return g.reduce(Reduction.Kind.MEAN, g.multiply(square, square));
        });
        try (ImageDataset data = placed(16, 1);
                Model model = network(NUMBERS.size(), Activation.LINEAR).compile(new Adam(0.01), own)) {
            model.fit(data, Fit.epochs(1).batchSize(8));
            model.save(file);
            try (Model loaded = Model.load(file).backend(BackendChoice.JAVA, Threads.of(1))) {
                assertEquals(16, loaded.predict(data).outputs().size());
                String message = assertThrows(IllegalStateException.class, () -> loaded.evaluate(data))
                        .getMessage();
                assertTrue(message.contains("\"acme.Quartic\"") && message.contains("Registry.register"), message);
                loaded.compile(new Adam(0.01), own);
                assertEquals(model.evaluate(data), loaded.evaluate(data));
            }
        }
    }
}
