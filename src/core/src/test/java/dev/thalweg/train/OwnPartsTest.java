package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.PixelSink;
import dev.thalweg.data.PixelWriter;
import dev.thalweg.data.Sampler;
import dev.thalweg.data.Targets;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Loss;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Add;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerContext;
import dev.thalweg.model.Merge;
import dev.thalweg.model.Submodule;
import dev.thalweg.optim.ConstantSchedule;
import dev.thalweg.optim.CosineDecay;
import dev.thalweg.optim.SGD;
import dev.thalweg.optim.Schedule;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What users' own parts do wrong is said where they do it, with their names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnPartsTest {
    private static final Shape PICTURE = Shape.of(1, 2, 2);

    record NoLayer() implements Layer {
        @Override
        public Value build(LayerContext context, Value input) {
            return null;
        }
    }

    record NoMerge() implements Merge {
        @Override
        public Value build(LayerContext context, List<Value> inputs) {
            return null;
        }
    }

    record NoLoss() implements Loss {
        @Override
        public Value of(GraphBuilder builder, Value predictions, Value targets) {
            return null;
        }
    }

    record NoSampler() implements Sampler {
        @Override
        public int[] order(Targets targets, SplittableRandom random) {
            return null;
        }
    }

    record Part(String name, Runnable use) {
        @Override
        public String toString() {
            return name;
        }
    }

    List<Part> parts() {
        return List.of(
                new Part("NoLayer.build", () -> Model.sequential(PICTURE, new NoLayer())),
                new Part("NoMerge.build", () -> Model.of(Flow.join(new NoMerge(), Flow.input(1, 2, 2)))),
                new Part(
                        "NoLayer.build",
                        () -> Model.sequential(PICTURE, Submodule.of(flow -> flow.then(new NoLayer())))),
                new Part("OwnPartsTest.apply", () -> Submodule.of(flow -> null)),
                new Part("NoLoss.of", () -> fit(new NoLoss(), Fit.epochs(1))),
                new Part("loss.of", () -> fit(Loss.of("own.Loss", (g, p, t) -> null), Fit.epochs(1))),
                new Part(
                        "NoSampler.order",
                        () -> fit(new CategoricalCrossentropy(), Fit.epochs(1).sampler(new NoSampler()))));
    }

    private static ImageDataset data(String... classes) {
        return ImageDataset.of(
                "own", PICTURE, List.of(classes), new int[] {0, 1}, PixelWriter.ofBytes(new byte[4], new byte[4]));
    }

    private static Model model() {
        return Model.sequential(PICTURE, new Flatten(), new Dense(2, Activation.SOFTMAX))
                .backend(BackendChoice.JAVA, Threads.of(1));
    }

    private static void fit(Loss loss, Fit fit) {
        try (Model model = model().compile(new SGD(0.1), loss);
                ImageDataset data = data("a", "b")) {
            model.fit(data, fit);
        }
    }

    @ParameterizedTest
    @MethodSource("parts")
    void whatReturnsNullIsNamed(Part part) {
        String message =
                assertThrows(IllegalStateException.class, part.use()::run).getMessage();
        int dot = part.name().indexOf('.');
        assertTrue(
                message.contains(part.name().substring(0, dot))
                        && message.contains("method " + part.name().substring(dot + 1)),
                message);
    }

    @Test
    void joinsNeedAFlow() {
        String message = assertThrows(IllegalArgumentException.class, () -> Flow.join(new Add()))
                .getMessage();
        assertTrue(message.contains("add") && message.contains("at least one"), message);
    }

    @Test
    void aLoopOfOnesOwnBeforeCompileIsTold() {
        try (Model model = model();
                ImageDataset data = data("a", "b")) {
            for (Runnable use : List.<Runnable>of(() -> model.trainOnBatch(data), () -> model.gradients(data))) {
                String message =
                        assertThrows(IllegalStateException.class, use::run).getMessage();
                assertTrue(message.contains("call compile"), message);
            }
        }
    }

    @Test
    void aSinkEndsWithItsWriter() {
        List<PixelSink> kept = new ArrayList<>();
        try (ImageDataset data =
                ImageDataset.of("kept", PICTURE, List.of("a", "b"), new int[] {0, 1}, (index, pixels) -> {
                    pixels.fill((byte) index);
                    kept.add(pixels);
                })) {
            for (PixelSink sink : kept) {
                for (Runnable late : List.<Runnable>of(
                        () -> sink.set(0, (byte) 9),
                        () -> sink.set(0, 0, 0, (byte) 9),
                        () -> sink.fill((byte) 9),
                        () -> sink.copyFrom(new byte[4]))) {
                    assertThrows(IllegalStateException.class, late::run);
                }
            }
            assertEquals(0, data.pixels(0).get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void aTrainingKeepsItsClasses() {
        try (Model model = model().compile(new SGD(0.1), new CategoricalCrossentropy());
                ImageDataset first = data("a", "b");
                ImageDataset second = data("b", "c")) {
            model.fit(first, Fit.epochs(1));
            String message = assertThrows(IllegalArgumentException.class, () -> model.fit(second, Fit.epochs(1)))
                    .getMessage();
            assertTrue(message.contains("[a, b]") && message.contains("[b, c]"), message);
            assertEquals(List.of("a", "b"), model.targets().names());
            model.compile(new SGD(0.1), new CategoricalCrossentropy()).fit(second, Fit.epochs(1));
            assertEquals(List.of("b", "c"), model.targets().names());
        }
    }

    @Test
    void namesOfOutputsAreDistinct() {
        List<String> twice = List.of("a", "b", "a");
        for (Runnable wrong : List.<Runnable>of(
                () -> Targets.ofClasses(twice, 0, 1),
                () -> Targets.ofMultiLabels(twice, new float[3]),
                () -> Targets.ofRegression(twice, new float[3]),
                () -> data("a", "b", "a"),
                () -> assertNotNull(data("a", "b").classes("a", "a")),
                () -> assertNotNull(data("a", "b").withClasses(List.of("a", "b", "b"))),
                () -> assertNotNull(ImageFolder.of(Path.of("x")).classNames(twice)))) {
            String message =
                    assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
            assertTrue(message.contains("twice"), message);
        }
    }

    @Test
    void aDecayAndAnotherScheduleContradict() {
        SGD decaying = new SGD(0.1).decay(0.01);
        Schedule other = new CosineDecay(0.1, 0, 10);
        for (Schedule schedule : List.of(other, other.warmUp(3), new ConstantSchedule(0.1))) {
            String message = assertThrows(IllegalArgumentException.class, () -> decaying.schedule(schedule))
                    .getMessage();
            assertTrue(message.contains("decay"), message);
            assertEquals(schedule, new SGD(0.1).schedule(schedule).schedule());
        }
        Schedule own = decaying.defaultSchedule();
        assertEquals(own, decaying.schedule(own).schedule());
        assertEquals(own.warmUp(3), decaying.schedule(own.warmUp(3)).schedule());
        try (Model model = model().compile(decaying, new CategoricalCrossentropy());
                ImageDataset data = data("a", "b")) {
            // The test of rates takes the place of the decay by design.
            assertTrue(model.learningRateRange(data, Fit.epochs(1), 1e-4, 1e-2, 10)
                            .points()
                            .size()
                    > 1);
        }
    }
}
