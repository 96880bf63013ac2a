package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.inference.Predictions;
import dev.thalweg.model.Dense;
import dev.thalweg.tensor.Shape;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * MLPerf Tiny's ResNet-8, which Keras 2 trained on bytes of CIFAR-10, on the test pictures of a JPEG copy beside a twin
 * of it in PyTorch: {@code THALWEG_TEST_MODELS} names a directory with {@code resnet8-cifar10-keras.h5}
 * (github.com/mlcommons/tiny), {@code THALWEG_TEST_CIFAR10_JPEG} a {@code .tar.gz} of {@code test/CLASS/NNNN.jpg}.
 * Debian's {@code python3-torch}, {@code python3-h5py} and {@code python3-pil} compute what the twin answers.
 */
@EnabledIfEnvironmentVariable(named = "THALWEG_TEST_MODELS", matches = ".+")
@EnabledIfEnvironmentVariable(named = "THALWEG_TEST_CIFAR10_JPEG", matches = ".+")
class KerasCifarTest {
    private static final int CLASSES = 10;
    private static final int PICTURES = 10_000;

    @TempDir
    private Path directory;

    @Test
    void answersAreThoseOfItsTwinInPyTorch() throws Exception {
        Path file = Path.of(System.getenv("THALWEG_TEST_MODELS")).resolve("resnet8-cifar10-keras.h5");
        assertEquals(
                0,
                new ProcessBuilder(
                                "tar", "-xzf", System.getenv("THALWEG_TEST_CIFAR10_JPEG"), "-C", directory.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
        Python python = new Python(directory);
        assumeTrue(python.has("torch", "h5py", "PIL"), "Debian's python3-torch, -h5py and -pil are not installed");
        python.run(
                "keras_resnet8.py",
                file.toString(),
                directory.toString(),
                directory.resolve("logits").toString());
        float[] expected = python.floats("logits");
        try (DataSplit data = ImageFolder.of(directory)
                        .imageShape(Shape.of(3, 32, 32))
                        .read();
                Model model = Keras.read(file);
                Model logits = model.replaceHead(0, new Dense(CLASSES))) {
            Map<String, float[]> weights = logits.weights();
            weights.put("head1.kernel", model.weights().get("dense.kernel"));
            weights.put("head1.bias", model.weights().get("dense.bias"));
            logits.weights(weights);
            ImageDataset test = data.test();
            assertEquals(PICTURES, test.size());
            Predictions probabilities = model.predict(test);
            Predictions raw = logits.predict(test);
            int right = 0;
            int rightOfTwin = 0;
            double worst = 0;
            for (int i = 0; i < PICTURES; i++) {
                int best = 0;
                int bestOfTwin = 0;
                for (int k = 0; k < CLASSES; k++) {
                    float twin = expected[i * CLASSES + k];
                    worst = Math.max(worst, Math.abs(raw.outputs().get(i)[k] - twin));
                    bestOfTwin = twin > expected[i * CLASSES + bestOfTwin] ? k : bestOfTwin;
                    best = probabilities.outputs().get(i)[k]
                                    > probabilities.outputs().get(i)[best]
                            ? k
                            : best;
                }
                int label = test.targets().classes().orElseThrow().label(i);
                right += best == label ? 1 : 0;
                rightOfTwin += bestOfTwin == label ? 1 : 0;
            }
            System.out.println("ResNet-8 of Keras, CIFAR-10, JPEG copy: test accuracy " + right / (double) PICTURES
                    + ", largest difference of a logit " + worst);
            assertEquals(0, worst, 1e-3);
            assertEquals(rightOfTwin, right);
        }
    }
}
