package dev.thalweg;

import static dev.thalweg.model.Activation.RELU;
import static dev.thalweg.model.Activation.SOFTMAX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The essay's program on CIFAR-10 as JPEG files, {@code train/CLASS/NNNN.jpg} and {@code test/CLASS/NNNN.jpg} in the
 * {@code .tar.gz} that the environment variable {@code THALWEG_TEST_CIFAR10_JPEG} names. The files were compressed with
 * loss, so no figure published for CIFAR-10 is to be expected.
 */
@EnabledIfEnvironmentVariable(named = "THALWEG_TEST_CIFAR10_JPEG", matches = ".+")
class EssayTest {
    @TempDir
    private Path directory;

    /**
     * Ten classes: guessing gives 0.1, and a linear model of CIFAR-10's pixels about 0.4. The rate decays to a
     * hundredth in the first seven epochs, so the program stays below what its network could reach.
     */
    @Test
    void trainsAndTestsOnRealPictures() throws Exception {
        ForkedJvm.finish(new ProcessBuilder(
                                "tar", "-xzf", System.getenv("THALWEG_TEST_CIFAR10_JPEG"), "-C", directory.toString())
                        .redirectErrorStream(true)
                        .start())
                .expect(0);
        try (DataSplit data = ImageFolder.of(directory)
                        .imageShape(Shape.of(3, 32, 32))
                        .read();
                Model model = Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(32, 3, RELU),
                        new MaxPooling2D(2),
                        new Flatten(),
                        new Dense(10, SOFTMAX))) {
            assertEquals(50_000, data.train().size());
            model.compile(new SGD(0.01).decay(0.01).momentum(0.9), new CategoricalCrossentropy());
            model.fit(data.train(), Fit.epochs(10).batchSize(32));
            Evaluation result = model.evaluate(data.test());
            System.out.println("the essay's program, CIFAR-10, JPEG copy: test loss " + result.loss()
                    + ", test accuracy " + result.accuracy());
            assertTrue(result.accuracy() > 0.45, result.toString());
        }
    }
}
