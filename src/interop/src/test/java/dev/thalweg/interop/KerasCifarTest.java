package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.Model;
import dev.thalweg.model.Dense;
import java.nio.FloatBuffer;
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
    @TempDir
    private Path directory;

    @Test
    void answersAreThoseOfItsTwinInPyTorch() throws Exception {
        Path file = CifarPictures.model("resnet8-cifar10-keras.h5");
        CifarPictures.unpack(directory);
        Python python = new Python(directory);
        assumeTrue(python.has("torch", "h5py", "PIL"), "Debian's python3-torch, -h5py and -pil are not installed");
        python.run(
                KerasCifarTest.class,
                "keras_resnet8.py",
                file.toString(),
                directory.toString(),
                directory.resolve("logits").toString());
        FloatBuffer expected = FloatBuffer.wrap(python.floats("logits"));
        try (Model model = Keras.read(file);
                Model logits = model.replaceHead(0, new Dense(CifarPictures.CLASSES))) {
            Map<String, float[]> weights = logits.weights();
            weights.put("head1.kernel", model.weights().get("dense.kernel"));
            weights.put("head1.bias", model.weights().get("dense.bias"));
            logits.weights(weights);
            CifarPictures.Answers answers = CifarPictures.answers(directory, logits, expected);
            System.out.println("ResNet-8 of Keras, CIFAR-10, JPEG copy: " + answers);
            assertEquals(0, answers.worst(), 1e-3);
            assertEquals(answers.rightOfTruth(), answers.right());
        }
    }
}
