package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.Normalization;
import dev.thalweg.inference.Predictions;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * A ResNet-20 that PyTorch trained on CIFAR-10, on the test pictures of a JPEG copy: {@code THALWEG_TEST_MODELS} names
 * a directory with {@code resnet20-cifar10.safetensors} (github.com/akamaster/pytorch_resnet_cifar10) and PyTorch's
 * logits in {@code resnet20-cifar10-logits.npy}, {@code THALWEG_TEST_CIFAR10_JPEG} a {@code .tar.gz} of
 * {@code test/CLASS/NNNN.jpg}.
 */
@EnabledIfEnvironmentVariable(named = "THALWEG_TEST_MODELS", matches = ".+")
@EnabledIfEnvironmentVariable(named = "THALWEG_TEST_CIFAR10_JPEG", matches = ".+")
class CifarTest {
    private static final int CLASSES = 10;
    private static final int PICTURES = 10_000;
    /** What the repository trained with, ImageNet's statistics. */
    private static final Normalization NORMALIZATION =
            new Normalization(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));

    @TempDir
    private Path directory;

    @Test
    void answersAreThoseOfPyTorch() throws Exception {
        assertEquals(
                0,
                new ProcessBuilder(
                                "tar", "-xzf", System.getenv("THALWEG_TEST_CIFAR10_JPEG"), "-C", directory.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
        Path models = Path.of(System.getenv("THALWEG_TEST_MODELS"));
        FloatBuffer expected = numbers(models.resolve("resnet20-cifar10-logits.npy"));
        Shape picture = Shape.of(3, 32, 32);
        try (DataSplit data = ImageFolder.of(directory).imageShape(picture).read();
                Model model =
                        Model.of(Networks.resnetCifar(picture, CLASSES, 20).withHead(List.of(new Dense(CLASSES))));
                StateDict weights = StateDict.open(models.resolve("resnet20-cifar10.safetensors"))) {
            weights.load(model);
            model.normalization(NORMALIZATION);
            ImageDataset test = data.test();
            assertEquals(PICTURES, test.size());
            Predictions predictions = model.predict(test);
            int right = 0;
            double worst = 0;
            for (int i = 0; i < PICTURES; i++) {
                float[] logits = predictions.outputs().get(i);
                int best = 0;
                for (int k = 0; k < CLASSES; k++) {
                    worst = Math.max(worst, Math.abs(logits[k] - expected.get(i * CLASSES + k)));
                    best = logits[k] > logits[best] ? k : best;
                }
                right += best == test.targets().classes().orElseThrow().label(i) ? 1 : 0;
            }
            System.out.println("ResNet-20 of PyTorch, CIFAR-10, JPEG copy: test accuracy " + right / 10_000.0
                    + ", largest difference of a logit " + worst);
            assertEquals(0, worst, 1e-3);
            // 0.8103 in PyTorch.
            assertEquals(8103, right);
        }
    }

    /** A file of NumPy's {@code .npy} format: its header's length stands at byte 8, the numbers behind it. */
    private static FloatBuffer numbers(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.position(10 + bytes.getShort(8))
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }
}
