package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.Augmentation;
import dev.thalweg.data.BalancedSampler;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.MixBuffer;
import dev.thalweg.data.MixingAugmentation;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.PictureAugmentation;
import dev.thalweg.data.PixelBuffer;
import dev.thalweg.data.Sampler;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.data.Targets;
import dev.thalweg.data.WeightedRandomSampler;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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
            Augmentation[] steps = {new Invert(0.5), new Halves()};
            for (Sampler sampler : List.of(
                    new EvenOnes(true),
                    new BalancedSampler(),
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
            assertEquals("dev.thalweg.train.OwnStepsTest$$Lambda", Recipe.nameOf(function));
        }
        Sampler anonymous = new Sampler() {
            @Override
            public int[] order(Targets targets, SplittableRandom random) {
                return new int[targets.size()];
            }
        };
        assertFalse(Recipe.nameOf(anonymous).contains("@"), Recipe.nameOf(anonymous));
        assertEquals("EvenOnes[backwards=true]", Recipe.nameOf(new EvenOnes(true)));
    }
}
