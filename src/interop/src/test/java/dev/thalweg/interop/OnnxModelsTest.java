package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.Normalization;
import dev.thalweg.inference.Predictions;
import dev.thalweg.model.PlacedLayer;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Trained models of others: {@code THALWEG_TEST_MODELS} names a directory with {@code resnet20-cifar10.onnx}, exported
 * by PyTorch of operator set 13 with its logits in {@code resnet20-cifar10-logits.npy}, and {@code mnist-cntk.onnx} of
 * CNTK and ONNX's model zoo, of a fixed batch of 1, with {@code mnist-digit-N.jpg}; {@code THALWEG_TEST_CIFAR10_JPEG}
 * a {@code .tar.gz} of {@code test/CLASS/NNNN.jpg}.
 */
@EnabledIfEnvironmentVariable(named = "THALWEG_TEST_MODELS", matches = ".+")
class OnnxModelsTest {
    private static final int CLASSES = 10;
    private static final int PICTURES = 10_000;

    @TempDir
    private Path directory;

    private static Path model(String name) {
        return Path.of(System.getenv("THALWEG_TEST_MODELS")).resolve(name);
    }

    private static Map<String, Integer> kinds(Model model) {
        Map<String, Integer> kinds = new TreeMap<>();
        model.network().layers().stream()
                .map(PlacedLayer::layer)
                .forEach(layer -> kinds.merge(layer.kind(), 1, Integer::sum));
        return kinds;
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "THALWEG_TEST_CIFAR10_JPEG", matches = ".+")
    void resnet20AnswersAsInPyTorch() throws Exception {
        assertEquals(
                0,
                new ProcessBuilder(
                                "tar", "-xzf", System.getenv("THALWEG_TEST_CIFAR10_JPEG"), "-C", directory.toString())
                        .inheritIO()
                        .start()
                        .waitFor());
        FloatBuffer expected = numbers(model("resnet20-cifar10-logits.npy"));
        try (DataSplit data = ImageFolder.of(directory)
                        .imageShape(Shape.of(3, 32, 32))
                        .read();
                Model model = Onnx.read(model("resnet20-cifar10.onnx"))) {
            // The layers of Networks.resnetCifar, but that its normalizations are folded into its convolutions.
            assertEquals(
                    Map.of(
                            "activation", 19,
                            "add", 9,
                            "averagepooling2d", 2,
                            "conv2d", 19,
                            "dense", 1,
                            "globalaveragepooling2d", 1,
                            "padchannels", 2),
                    kinds(model));
            model.normalization(new Normalization(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f)));
            ImageDataset test = data.test();
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
            System.out.println("ResNet-20 as ONNX, CIFAR-10, JPEG copy: test accuracy " + right / 10_000.0
                    + ", largest difference of a logit " + worst);
            assertEquals(0, worst, 1e-3);
            // 0.8103 in PyTorch.
            assertEquals(8103, right);
        }
    }

    @Test
    void cntkReadsDigits() throws IOException {
        try (Model model = Onnx.read(model("mnist-cntk.onnx"))) {
            assertEquals(
                    Map.of("activation", 2, "conv2d", 2, "dense", 1, "flatten", 1, "maxpooling2d", 2), kinds(model));
            // It was trained on bytes as they are.
            model.normalization(new Normalization(List.of(0f), List.of(1 / 255f)));
            List<Integer> digits = List.of(0, 3, 5, 7);
            List<Path> files = digits.stream()
                    .map(digit -> model("mnist-digit-" + digit + ".jpg"))
                    .toList();
            Predictions predictions = model.predict(files);
            for (int i = 0; i < digits.size(); i++) {
                float[] outputs = predictions.outputs().get(i);
                int best = 0;
                for (int k = 0; k < CLASSES; k++) {
                    best = outputs[k] > outputs[best] ? k : best;
                }
                assertEquals(digits.get(i), best);
            }
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
