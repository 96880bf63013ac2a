package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.PixelWriter;
import dev.thalweg.data.Targets;
import dev.thalweg.io.BadFileException;
import dev.thalweg.loss.BinaryCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model says of what it refuses, and of itself. */
class MessagesTest {
    private static final Model MODEL = Model.sequential(
                    Shape.of(1, 2, 2), new Flatten(), new Dense(1, Activation.SIGMOID))
            .backend(BackendChoice.JAVA, Threads.of(1))
            .compile(new SGD(0.1), new BinaryCrossentropy());

    @AfterAll
    static void close() {
        MODEL.close();
    }

    /** Names with a number are given so many floats, names with null are left out. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "4 | - | - | got [none for dense.bias]",
                "1 | 1 | - | got [1 number for dense.kernel [1, 4]]",
                "4 | 1 | 3 | got [some for other, which is no parameter]",
                "- | 2 | 1 | got [none for dense.kernel, 2 numbers for dense.bias [1], some for other, which is",
            })
    void weightsThatDoNotFitAreNamed(Integer kernel, Integer bias, Integer other, String part) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        Map<String, float[]> before = MODEL.weights();
        put(weights, "dense.kernel", kernel);
        put(weights, "dense.bias", bias);
        put(weights, "other", other);
        String message = assertThrows(IllegalArgumentException.class, () -> MODEL.weights(weights))
                .getMessage();
        assertTrue(message.startsWith("expected weights of the network's 2 parameters, "), message);
        assertTrue(message.contains(part), message);
        before.forEach((name, values) ->
                assertEquals(List.of(values[0]), List.of(MODEL.weights().get(name)[0]), name));
    }

    private static void put(Map<String, float[]> weights, String name, Integer length) {
        if (length != null) {
            weights.put(name, new float[length]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "no/folder/model.safetensors"})
    void aModelThatIsNotThereIsNamed(String name) {
        BadFileException e = assertThrows(BadFileException.class, () -> Model.load(Path.of(name)));
        assertEquals(
                name + ": there is no such file or directory, expected a safetensors file, as models are saved in",
                e.getMessage());
    }

    /** Keras takes two classes for one sigmoid; here the two have names, and one output has one. */
    @Test
    void oneSigmoidForTwoClassesIsToldWhatFits() {
        PixelWriter pixels = PixelWriter.ofBytes(new byte[] {1, 2, 3, 4}, new byte[] {4, 3, 2, 1});
        try (ImageDataset classes = ImageDataset.of(
                        "two", Shape.of(1, 2, 2), Targets.ofClasses(List.of("cat", "dog"), 0, 1), pixels);
                ImageDataset label = ImageDataset.of(
                        "one",
                        Shape.of(1, 2, 2),
                        Targets.ofMultiLabels(List.of("dog"), new float[] {0}, new float[] {1}),
                        pixels)) {
            String message = assertThrows(ShapeException.class, () -> MODEL.fit(classes, Fit.epochs(1)))
                    .getMessage();
            assertTrue(
                    message.contains("has 2 classes, the network yields [1]")
                            && message.contains("Dense layer of 2 units and a softmax")
                            && message.contains("Targets.ofMultiLabels")
                            && message.contains("BinaryCrossentropy"),
                    message);
            assertEquals(
                    1, MODEL.fit(label, Fit.epochs(1)).epochs().size(), "what the message says works, and counts as");
            assertEquals("2 pictures [1, 2, 2] of 1 label each", label.toString());
            assertEquals(
                    "1 picture [1, 2, 2] of 2 classes",
                    String.valueOf(classes.take(1)).replaceFirst(" [{(].*", ""));
        }
    }

    /** However long a name is, what stands right of it stands in its column. */
    @ParameterizedTest
    @ValueSource(ints = {1, 60, 90})
    void theSummaryKeepsItsColumns(int length) {
        try (Model model = Model.of(Flow.input(1, 20, 20)
                .then("layer-" + "x".repeat(length), new Flatten())
                .then("last", new Dense(50)))) {
            List<String> lines = model.summary().lines().toList();
            List<String> rows = lines.subList(0, 5);
            assertEquals(
                    List.of(lines.getFirst().length()),
                    rows.stream().map(String::length).distinct().toList());
            assertEquals(
                    List.of(lines.getFirst().indexOf("Output shape")),
                    Stream.of(rows.get(2), rows.get(3), rows.get(4))
                            .map(row -> row.indexOf("[N, "))
                            .distinct()
                            .toList(),
                    model.summary());
        }
    }
}
