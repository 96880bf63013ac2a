package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
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
    @TempDir
    private Path directory;

    @Test
    void answersAreThoseOfPyTorch() throws Exception {
        CifarPictures.unpack(directory);
        Shape picture = Shape.of(3, 32, 32);
        Network network = Networks.resnetCifar(picture, CifarPictures.CLASSES, 20)
                .withHead(List.of(new Dense(CifarPictures.CLASSES)));
        try (Model model = Model.of(network);
                StateDict weights = StateDict.open(CifarPictures.model("resnet20-cifar10.safetensors"))) {
            weights.load(model);
            model.normalization(CifarPictures.NORMALIZATION);
            CifarPictures.Answers answers = CifarPictures.answers(
                    directory, model, CifarPictures.numbers(CifarPictures.model("resnet20-cifar10-logits.npy")));
            System.out.println("ResNet-20 of PyTorch, CIFAR-10, JPEG copy: " + answers);
            assertEquals(0, answers.worst(), 1e-3);
            // 0.8103 in PyTorch.
            assertEquals(8103, answers.right());
        }
    }
}
