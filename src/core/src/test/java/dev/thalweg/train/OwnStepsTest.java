package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.AlternatingFlip;
import dev.thalweg.data.Augmentation;
import dev.thalweg.data.BalancedSampler;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.EpochAugmentation;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.MixBuffer;
import dev.thalweg.data.MixingAugmentation;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.PictureAugmentation;
import dev.thalweg.data.PixelBuffer;
import dev.thalweg.data.RepeatedAugmentation;
import dev.thalweg.data.Sampler;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.data.Targets;
import dev.thalweg.data.WeightedRandomSampler;
import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.io.Registry;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Loss;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.Rule;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.text.StableName;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Samplers and augmentations as a user writes them, in whole trainings. */
class OwnStepsTest {
    @TempDir
    private Path directory;

    /** Turns black to white. */
    record Invert(double probability) implements PictureAugmentation {
        @Override
        public void apply(PixelBuffer picture, SplittableRandom random) {
            if (random.nextDouble() < probability) {
                float[] pixels = picture.pixels();
                for (int i = 0; i < pixels.length; i++) {
                    pixels[i] = 255 - pixels[i];
                }
            }
        }
    }

    /** The mean of two. */
    record Halves() implements MixingAugmentation {
        @Override
        public void apply(MixBuffer batch, SplittableRandom random) {
            int[] partners = batch.partners(random);
            batch.mixImages(partners, 0.5f);
            batch.mixTargets(partners, 0.5f);
        }
    }

    /** Even pictures twice. */
    record EvenOnes(boolean backwards) implements Sampler {
        @Override
        public int[] order(Targets targets, SplittableRandom random) {
            int[] order = new int[targets.size()];
            Arrays.setAll(order, i -> (backwards ? order.length - 1 - i : i) / 2 * 2);
            return order;
        }
    }

    private static Model model() {
        return Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.JAVA, Threads.of(1))
                .seed(3)
                .compile(new SGD(0.01), new CategoricalCrossentropy());
    }

    private static Fit fit(int epochs, Sampler sampler, Augmentation... steps) {
        return Fit.epochs(epochs).batchSize(8).seed(2).sampler(sampler).augmentations(steps);
    }

    private static Map<String, float[]> weights(ImageDataset data, Fit fit) {
        try (Model model = model()) {
            model.fit(data, fit);
            return model.weights();
        }
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> got) {
        assertEquals(expected.keySet(), got.keySet());
        expected.forEach((name, numbers) -> assertArrayEquals(numbers, got.get(name), name));
    }

    @Test
    void anOwnAugmentationChangesWhatIsLearntFrom() {
        try (DataSplit data = ShapesDataset.generate(40, 10, 1);
                ImageDataset inverted = ImageDataset.of(
                        "inverted", data.train().imageShape(), data.train().targets(), (i, pixels) -> {
                            for (int p = 0; p < pixels.shape().elements(); p++) {
                                pixels.set(p, (byte) ~data.train().pixels(i).get(ValueLayout.JAVA_BYTE, p));
                            }
                        })) {
            Fit plain = Fit.epochs(2).batchSize(8).seed(2);
            // The normalization of each model is that of the pictures it sees first: both must see the same.
            try (Model by = model();
                    Model on = model()) {
                by.normalization(Normalization.unit(3));
                on.normalization(Normalization.unit(3));
                by.fit(data.train(), plain.augmentations(new Invert(1)));
                on.fit(inverted, plain.augmentations(new Invert(0)));
                assertSame(on.weights(), by.weights());
            }
        }
    }

    @Test
    void ownStepsGoOnWithTheSameBitsAndAreNamedInCheckpoints() {
        try (DataSplit data = ShapesDataset.generate(50, 10, 1)) {
            Augmentation[] steps = {new Invert(0.5), new AlternatingFlip(), new Halves()};
            for (Sampler sampler : List.of(
                    new EvenOnes(true),
                    new BalancedSampler(),
                    new RepeatedAugmentation(3),
                    new WeightedRandomSampler(1, 2, 3, 4, 5, 6, 7, 8, 9, 0))) {
                Path checkpoints = directory.resolve(sampler.getClass().getSimpleName());
                Map<String, float[]> want = weights(data.train(), fit(4, sampler, steps));
                // Stopped within the third epoch, after its second batch.
                Callback stopping = new Callback() {
                    @Override
                    public void onBatchEnd(Training training, Progress progress) {
                        if (progress.epoch() == 3 && progress.batch() == 2) {
                            training.stop("for the test");
                        }
                    }
                };
                weights(data.train(), fit(4, sampler, steps).callbacks(stopping, new ModelCheckpoint(checkpoints, 1)));
                assertSame(
                        want,
                        weights(
                                data.train(),
                                fit(4, sampler, steps)
                                        .callbacks(new ModelCheckpoint(checkpoints, 1))
                                        .resume(checkpoints)));
                String message = assertThrows(
                                IllegalArgumentException.class,
                                () -> weights(
                                        data.train(),
                                        fit(9, new EvenOnes(false), new Invert(0.25), new Halves())
                                                .resume(checkpoints)))
                        .getMessage();
                assertTrue(
                        message.contains("sampler: got " + sampler + ", expected EvenOnes[backwards=false]"), message);
                assertTrue(message.contains("Invert[probability=0.5]"), message);
            }
        }
    }

    @Test
    void functionsHaveTheSameNameInEveryProcess() {
        Sampler one = (targets, random) -> new int[targets.size()];
        PictureAugmentation other = (picture, random) -> {};
        for (Object function : List.of(one, other)) {
            assertEquals("a function without a name, of " + OwnStepsTest.class.getName(), StableName.of(function));
        }
        Loss formula = Loss.of((g, predicted, target) -> predicted);
        assertEquals("a function without a name", RecipeNames.of(Loss.class, formula));
        assertEquals("own.first", RecipeNames.of(Sampler.class, Sampler.of("own.first", one)));
        assertEquals("own.same", RecipeNames.of(Augmentation.class, PictureAugmentation.of("own.same", other)));
        Sampler anonymous = new Sampler() {
            @Override
            public int[] order(Targets targets, SplittableRandom random) {
                return new int[targets.size()];
            }
        };
        assertEquals(anonymous.getClass().getName(), RecipeNames.of(Sampler.class, anonymous));
        assertEquals("EvenOnes[backwards=true]", RecipeNames.of(Sampler.class, new EvenOnes(true)));
    }

    private Path checkpointed(ImageDataset data, Fit fit) {
        try (Model model = model()) {
            model.fit(data, fit.callbacks(new ModelCheckpoint(directory, 1)));
        }
        return directory;
    }

    /** With a name a function is the same as another of that name; without, nobody can tell, and the training ends. */
    @Test
    void onlyFunctionsWithNamesGoOn() {
        Sampler backwards = (targets, random) -> IntStream.range(0, targets.size())
                .map(i -> targets.size() - 1 - i)
                .toArray();
        PictureAugmentation dimmed = (picture, random) -> picture.pixels()[0] /= 2;
        EpochAugmentation fading = (picture, random, epoch) -> picture.pixels()[1] /= epoch + 1;
        MixingAugmentation same = (batch, random) -> {};
        try (DataSplit data = ShapesDataset.generate(20, 10, 1)) {
            Augmentation[] named = {
                PictureAugmentation.of("dimmed", dimmed),
                EpochAugmentation.of("fading", fading),
                MixingAugmentation.of("same", same)
            };
            Fit whole = fit(2, Sampler.of("backwards", backwards), named);
            Path checkpoints = checkpointed(data.train(), fit(1, Sampler.of("backwards", backwards), named));
            assertSame(weights(data.train(), whole), weights(data.train(), whole.resume(checkpoints)));
            Map.of(
                            "sampler", fit(2, backwards, named),
                            "augmentations", fit(2, Sampler.of("backwards", backwards), dimmed))
                    .forEach((part, fit) -> {
                        String message = assertThrows(
                                        IllegalArgumentException.class,
                                        () -> weights(data.train(), fit.resume(checkpoints)))
                                .getMessage();
                        assertTrue(
                                message.contains("a function without a name is its " + part)
                                        && message.contains("Sampler.of(name"),
                                message);
                    });
        }
        assertThrows(IllegalArgumentException.class, () -> Sampler.of(" ", backwards));
        assertThrows(IllegalArgumentException.class, () -> PictureAugmentation.of("", dimmed));
        assertThrows(IllegalArgumentException.class, () -> EpochAugmentation.of("", fading));
        assertThrows(IllegalArgumentException.class, () -> MixingAugmentation.of("", same));
    }

    /** Counts epochs, and remembers them by a checkpoint. */
    private static final class Counter implements Callback {
        private int epochs;

        @Override
        public void onEpochEnd(Training training, EpochResult result) {
            epochs++;
        }

        @Override
        public Map<String, float[]> state() {
            return Map.of("epochs", new float[] {epochs});
        }

        @Override
        public void restore(Map<String, float[]> state) {
            epochs = (int) state.get("epochs")[0];
        }
    }

    /** What was registered is known by that name, with the settings of a record; the class may be another then. */
    @Test
    void registeredPartsAreKnownByTheirNames() {
        record First(int count) implements Sampler {
            @Override
            public int[] order(Targets targets, SplittableRandom random) {
                return IntStream.range(0, targets.size()).map(i -> i % count).toArray();
            }
        }
        Registry.register(Sampler.class, "own.First", First.class);
        assertEquals("own.First[count=3]", RecipeNames.of(Sampler.class, new First(3)));
        record Halving(double learningRate) implements Rule {
            @Override
            public List<Assignment> assignments() {
                return new SGD(learningRate).assignments();
            }
        }
        Registry.register(Rule.class, "own.Halving", Halving.class);
        String descent = RecipeNames.of(new Halving(0.5).l2(0.25));
        assertTrue(descent.startsWith("own.Halving[learningRate=0.5]") && descent.contains("l2=0.25"), descent);
        Counter first = new Counter();
        Registry.register(Callback.class, "own.Counter", first);
        assertEquals("own.Counter", RecipeNames.of(first));
        assertEquals(Counter.class.getName(), RecipeNames.of(new Counter()));
    }

    @Test
    void callbacksMayBeFunctions() {
        List<String> seen = new ArrayList<>();
        try (DataSplit data = ShapesDataset.generate(16, 10, 1);
                Model model = model()) {
            model.fit(
                    data.train(),
                    Fit.epochs(2)
                            .batchSize(8)
                            .callbacks(
                                    Callback.ofBatchEnd((training, progress) -> seen.add("batch " + progress.batch())),
                                    Callback.ofEpochEnd((training, result) -> seen.add("epoch " + result.epoch()))));
        }
        assertEquals(List.of("batch 1", "batch 2", "epoch 1", "batch 1", "batch 2", "epoch 2"), seen);
    }
}
