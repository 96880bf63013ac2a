package dev.thalweg.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.format.Safetensors;
import dev.thalweg.graph.Value;
import dev.thalweg.io.BadFileException;
import dev.thalweg.io.Registry;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers of a user's own: built, trained, saved and loaded as this library's are. */
class OwnLayerTest {
    private static final Shape INPUT = Shape.of(3, 32, 32);
    private static final DataSplit DATA = ShapesDataset.generate(32, 8, 1);

    /** Multiplies by a learnt factor for all, in training by one that is kept besides. */
    public record Scale(double first) implements Layer {
        @Override
        public Value build(LayerContext context, Value input) {
            Value factor = context.parameter("factor", Initializer.ONES, 1);
            if (input.shape().rank() != 4) {
                throw new ShapeException("Scale needs pictures, got " + input.shape());
            }
            return context.builder().multiply(input, factor);
        }
    }

    /** One that nobody registers. */
    public record Nameless() implements Layer {
        @Override
        public Value build(LayerContext context, Value input) {
            return input;
        }
    }

    /** One with a component that no file holds. */
    public record Unreadable(UnaryOperator<Value> function) implements Layer {
        @Override
        public Value build(LayerContext context, Value input) {
            return function.apply(input);
        }
    }

    /** Of another name only than Scale. */
    public record Other() implements Layer {
        @Override
        public Value build(LayerContext context, Value input) {
            return input;
        }
    }

    @TempDir
    Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Model model(Layer own) {
        return Model.sequential(
                        INPUT,
                        new MaxPooling2D(4),
                        own,
                        Submodule.of(x -> x.then(own)),
                        new Flatten(),
                        new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.JAVA, Threads.of(1))
                .compile(new SGD(0.1), new CategoricalCrossentropy());
    }

    @Test
    void isTrainedSavedUnderItsNameAndLoaded() throws IOException {
        Registry.register(Layer.class, "test.Scale", Scale.class);
        Path file = directory.resolve("own.safetensors");
        try (Model model = model(new Scale(1))) {
            model.fit(DATA.train(), Fit.epochs(2));
            assertTrue(model.weights().get("scale.factor")[0] != 1, "descent moves the factor");
            model.save(file);
            try (Model loaded = Model.load(file).backend(BackendChoice.JAVA, Threads.of(1))) {
                assertEquals(model.network(), loaded.network());
                assertArrayEquals(
                        model.predict(DATA.test()).outputs().getFirst(),
                        loaded.predict(DATA.test()).outputs().getFirst());
            }
        }
        String json = Safetensors.read(file).metadata().get("thalweg.model");
        assertTrue(json.contains("\"test.Scale\"") && !json.contains("OwnLayerTest"), json);
    }

    /** What the batch size or the training flag is, a layer of no settings may also be a lambda. */
    @Test
    void aLambdaIsALayer() {
        Network network = Network.sequential(
                INPUT,
                List.of((context, input) -> context.builder().multiply(input, input), new Flatten(), new Dense(10)));
        assertEquals("lambda", network.layers().getFirst().name());
        assertTrue(network.summary().contains("lambda (lambda)"), network.summary());
    }

    @Test
    void whatItRefusesNamesTheLayer() {
        String message = assertThrows(
                        ShapeException.class, () -> Network.sequential(INPUT, List.of(new Flatten(), new Scale(1))))
                .getMessage();
        assertTrue(message.contains("layer 2 (scale)") && message.contains("Scale needs pictures"), message);
    }

    @Test
    void oneWithoutANameIsNotSavedAndLeavesNoFile() {
        Path file = directory.resolve("nameless.safetensors");
        try (Model model = model(new Nameless())) {
            String message = assertThrows(IllegalStateException.class, () -> model.save(file))
                    .getMessage();
            assertTrue(message.contains("Nameless") && message.contains("Registry.register(Layer.class"), message);
            assertTrue(Files.notExists(file), "nothing was written");
        }
    }

    @Test
    void oneThatCouldNotBeReadAgainIsNotSavedAndLeavesNoFile() {
        Registry.register(Layer.class, "test.Unreadable", Unreadable.class);
        Path file = directory.resolve("unreadable.safetensors");
        try (Model model = model(new Unreadable(UnaryOperator.identity()))) {
            String message = assertThrows(IllegalStateException.class, () -> model.save(file))
                    .getMessage();
            assertTrue(message.contains("not saved") && message.contains("function"), message);
            assertTrue(Files.notExists(file), "nothing was written");
        }
    }

    /** A file names a layer; a class of the JVM, however named, is never looked for. */
    @Test
    void anUnknownOneIsRefusedWithASentence() throws IOException {
        Registry.register(Layer.class, "test.Scale", Scale.class);
        Path file = directory.resolve("own.safetensors");
        try (Model model = model(new Scale(1))) {
            model.save(file);
        }
        for (String unknown : List.of("acme.Blur", Nameless.class.getName(), "java.lang.Runtime", "Conv4D")) {
            Path renamed = directory.resolve("renamed.safetensors");
            Safetensors content = Safetensors.read(file);
            Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
            metadata.computeIfPresent("thalweg.model", (key, json) -> json.replace("test.Scale", unknown));
            new Safetensors(metadata, content.tensors()).write(renamed);
            String message = assertThrows(
                            BadFileException.class, () -> Model.load(renamed).close())
                    .getMessage();
            assertTrue(
                    message.contains("there is no layer \"" + unknown + "\"")
                            && message.contains("Registry.register(Layer.class"),
                    message);
        }
    }

    /** For prediction, a loss need not be known; its name alone is lost. */
    @Test
    void aModelOfAnUnknownLossPredicts() throws IOException {
        Registry.register(Layer.class, "test.Scale", Scale.class);
        Path file = directory.resolve("loss.safetensors");
        try (Model model = model(new Scale(1))) {
            model.save(file);
            Safetensors content = Safetensors.read(file);
            Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
            metadata.computeIfPresent(
                    "thalweg.model", (key, json) -> json.replace("CategoricalCrossentropy", "acme.Loss"));
            new Safetensors(metadata, content.tensors()).write(file);
            try (Model loaded = Model.load(file).backend(BackendChoice.JAVA, Threads.of(1))) {
                assertArrayEquals(
                        model.predict(DATA.test()).outputs().getFirst(),
                        loaded.predict(DATA.test()).outputs().getFirst());
            }
        }
    }

    @Test
    void namesStandForOneThingEach() {
        Registry.register(Layer.class, "test.Once", Other.class);
        Registry.register(Layer.class, "test.Once", Other.class);
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Registry.register(Layer.class, "test.Once", Scale.class))
                .getMessage();
        assertTrue(message.contains("test.Once") && message.contains("Other") && message.contains("Scale"), message);
        for (String name : List.of("", "Scale", "test.", ".Scale", "test/Scale", "test.Scale ", "a\u0000.b")) {
            assertThrows(IllegalArgumentException.class, () -> Registry.register(Layer.class, name, Other.class), name);
        }
        Layer lambda = (context, input) -> input;
        assertThrows(
                IllegalArgumentException.class,
                () -> Registry.register(Layer.class, "test.Lambda", lambda.getClass()),
                "no record");
    }
}
