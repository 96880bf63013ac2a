package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.inference.Inference;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.Network;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several views of a picture, against pictures that were mirrored and moved pixel by pixel before. */
class TestTimeAugmentationTest {
    private static final Shape PICTURE = Shape.of(2, 5, 7);
    private static final int COUNT = 5;
    private static final List<String> CLASSES = List.of("a", "b", "c");
    /** Sums of 32-bit floats, in another order. */
    private static final float TOLERANCE = 2e-6f;

    @TempDir
    private Path directory;

    private static byte[] picture(int index) {
        byte[] pixels = new byte[PICTURE.arrayLength()];
        new SplittableRandom(index).nextBytes(pixels);
        return pixels;
    }

    /** A picture as somebody sees it who looks at it so. */
    private static byte[] seen(byte[] pixels, TestTimeAugmentation.View view) {
        byte[] seen = new byte[pixels.length];
        for (int channel = 0; channel < 2; channel++) {
            for (int y = 0; y < 5; y++) {
                for (int x = 0; x < 7; x++) {
                    int fromY = Math.clamp(y - view.shift(), 0, 4);
                    int fromX = Math.clamp((view.mirrored() ? 6 - x : x) - view.shift(), 0, 6);
                    seen[(channel * 5 + y) * 7 + x] = pixels[(channel * 5 + fromY) * 7 + fromX];
                }
            }
        }
        return seen;
    }

    private static ImageDataset pictures(TestTimeAugmentation.View view) {
        return ImageDataset.of(
                "views",
                PICTURE,
                CLASSES,
                new int[] {0, 1, 2, 0, 1},
                (i, pixels) -> pixels.copyFrom(seen(picture(i), view)));
    }

    private static Model model(String backend, Activation last) {
        Network network = Network.sequential(
                PICTURE, List.of(new Conv2D(4, 3).activation(Activation.RELU), new Flatten(), new Dense(3, last)));
        return Model.of(network).seed(3).backend(BackendChoice.of(backend), Threads.of(2));
    }

    private static List<float[]> means(Model model, TestTimeAugmentation views) {
        List<List<float[]>> said = new ArrayList<>();
        for (TestTimeAugmentation.View view : views.views()) {
            try (ImageDataset seen = pictures(view)) {
                said.add(model.predict(seen).outputs());
            }
        }
        List<float[]> means = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            float[] mean = new float[3];
            for (int k = 0; k < 3; k++) {
                double sum = 0;
                for (List<float[]> one : said) {
                    sum += one.get(i)[k];
                }
                mean[k] = (float) (sum / said.size());
            }
            means.add(mean);
        }
        return means;
    }

    private static void assertSame(List<float[]> expected, List<float[]> actual) {
        assertEquals(expected.size(), actual.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), actual.get(i), TOLERANCE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "onednn, true, 0, 2",
        "onednn, true, 1, 6",
        "onednn, false, 2, 3",
        "java, true, 0, 2",
        "java, true, 2, 6",
        "java, false, 1, 3"
    })
    void aModelSaysTheMeanOfWhatItSaysOfEachView(String backend, boolean mirror, int translation, int count) {
        TestTimeAugmentation views = new TestTimeAugmentation(mirror, translation);
        assertEquals(count, views.views().size());
        TestTimeAugmentation.View asItIs = TestTimeAugmentation.NONE.views().getFirst();
        try (Model model = model(backend, Activation.SOFTMAX);
                ImageDataset plain = pictures(asItIs)) {
            List<float[]> expected = means(model, views);
            Evaluation once = model.evaluate(plain);
            model.testTimeAugmentation(views);
            assertSame(expected, model.predict(plain).outputs());
            double loss = 0;
            for (int i = 0; i < COUNT; i++) {
                loss -= Math.log(expected.get(i)[plain.label(i)]) / COUNT;
            }
            assertEquals(loss, model.evaluate(plain).loss(), 1e-5);
            try (Inference inference = model.inference(Inference.Mode.THROUGHPUT, 2)) {
                List<byte[]> asked = new ArrayList<>();
                for (int i = 0; i < COUNT; i++) {
                    asked.add(picture(i));
                }
                assertSame(expected, inference.predict(asked).outputs());
            }
            assertEquals(
                    once, model.testTimeAugmentation(TestTimeAugmentation.NONE).evaluate(plain));
        }
    }

    @Test
    void aSavedModelKeepsItsViews() throws Exception {
        TestTimeAugmentation views = new TestTimeAugmentation(true, 1);
        Path file = directory.resolve("model.safetensors");
        try (Model model = model("java", Activation.SOFTMAX)) {
            model.testTimeAugmentation(views).save(file);
        }
        try (Model read = Model.load(file)) {
            assertEquals(views, read.testTimeAugmentation());
        }
    }

    /** Training goes by the pictures as they are; validation by what the model would say. */
    @Test
    void trainingIsNotChanged() {
        try (ImageDataset plain = pictures(TestTimeAugmentation.NONE.views().getFirst());
                Model one = model("java", Activation.SOFTMAX);
                Model other = model("java", Activation.SOFTMAX)) {
            other.testTimeAugmentation(new TestTimeAugmentation(true, 1));
            for (Model model : List.of(one, other)) {
                model.compile(new SGD(0.1), new CategoricalCrossentropy()).fit(plain, Fit.epochs(2));
            }
            one.weights()
                    .forEach((name, values) ->
                            assertArrayEquals(values, other.weights().get(name)));
        }
    }

    /** Logits are averaged as they are, and what flows in beside pictures is the same for each view. */
    @Test
    void otherInputsAndSeveralOutputs() {
        Flow pictures = Flow.input("pictures", 2, 5, 7);
        Flow numbers = Flow.input("numbers", 3);
        Flow seen = pictures.through(new Flatten());
        Network network = Network.of(
                List.of(pictures, numbers),
                List.of(seen.then("what", new Dense(3)), numbers.then("sum", new Dense(2))));
        TestTimeAugmentation views = new TestTimeAugmentation(true, 0);
        float[][] rows = new float[COUNT][3];
        for (int i = 0; i < COUNT; i++) {
            rows[i][i % 3] = i + 1;
        }
        try (Model model = Model.of(network).backend(BackendChoice.of("java"), Threads.of(1))) {
            List<List<float[]>> what = new ArrayList<>();
            List<float[]> sum = List.of();
            for (TestTimeAugmentation.View view : views.views()) {
                try (ImageDataset data = pictures(view).withInput("numbers", Shape.of(3), rows)) {
                    what.add(model.predict(data).output("what").outputs());
                    sum = model.predict(data).output("sum").outputs();
                }
            }
            model.testTimeAugmentation(views);
            try (ImageDataset data = pictures(views.views().getFirst()).withInput("numbers", Shape.of(3), rows)) {
                assertSame(sum, model.predict(data).output("sum").outputs());
                List<float[]> mean = model.predict(data).output("what").outputs();
                for (int i = 0; i < COUNT; i++) {
                    for (int k = 0; k < 3; k++) {
                        assertEquals((what.get(0).get(i)[k] + what.get(1).get(i)[k]) / 2, mean.get(i)[k], TOLERANCE);
                    }
                }
            }
        }
    }

    @Test
    void whatLeavesNothingOfAPictureIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new TestTimeAugmentation(true, -1));
        try (Model model = model("java", Activation.SOFTMAX)) {
            ShapeException refusal = assertThrows(
                    ShapeException.class, () -> model.testTimeAugmentation(new TestTimeAugmentation(false, 5)));
            assertEquals(
                    "expected pictures [C, H, W] that are larger than they are moved, got [2, 5, 7] for "
                            + "TestTimeAugmentation[mirror=false, translation=5]",
                    refusal.getMessage());
            assertEquals(TestTimeAugmentation.NONE, model.testTimeAugmentation());
        }
    }
}
