package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.data.Normalization;
import dev.thalweg.inference.Predictions;
import dev.thalweg.model.PlacedLayer;
import java.io.IOException;
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
    @TempDir
    private Path directory;

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
        CifarPictures.unpack(directory);
        try (Model model = Onnx.read(CifarPictures.model("resnet20-cifar10.onnx"))) {
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
            model.normalization(CifarPictures.NORMALIZATION);
            CifarPictures.Answers answers = CifarPictures.answers(
                    directory, model, CifarPictures.numbers(CifarPictures.model("resnet20-cifar10-logits.npy")));
            System.out.println("ResNet-20 as ONNX, CIFAR-10, JPEG copy: " + answers);
            assertEquals(0, answers.worst(), 1e-3);
            // 0.8103 in PyTorch.
            assertEquals(8103, answers.right());
        }
    }

    @Test
    void cntkReadsDigits() throws IOException {
        try (Model model = Onnx.read(CifarPictures.model("mnist-cntk.onnx"))) {
            assertEquals(
                    Map.of("activation", 2, "conv2d", 2, "dense", 1, "flatten", 1, "maxpooling2d", 2), kinds(model));
            // It was trained on bytes as they are.
            model.normalization(new Normalization(List.of(0f), List.of(1 / 255f)));
            List<Integer> digits = List.of(0, 3, 5, 7);
            List<Path> files = digits.stream()
                    .map(digit -> CifarPictures.model("mnist-digit-" + digit + ".jpg"))
                    .toList();
            Predictions predictions = model.predict(files);
            for (int i = 0; i < digits.size(); i++) {
                assertEquals(
                        digits.get(i), CifarPictures.best(predictions.outputs().get(i)));
            }
        }
    }
}
