package dev.thalweg.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a network with one dense layer behind its last picture sees a class can be computed from its weights. */
class GradCamTest {
    private static final int PICTURES = 2;
    private static final int CHANNELS = 3;
    private static final int SIDE = 4;
    private static final int PLANE = SIDE * SIDE;

    private static float[] expected(float[] activations, float[] kernel, int wanted) {
        float[] map = new float[PLANE];
        for (int c = 0; c < CHANNELS; c++) {
            float weight = 0;
            for (int p = 0; p < PLANE; p++) {
                weight += kernel[wanted * CHANNELS * PLANE + c * PLANE + p] / PLANE;
            }
            for (int p = 0; p < PLANE; p++) {
                map[p] += weight * activations[c * PLANE + p];
            }
        }
        float most = 0;
        for (float value : map) {
            most = Math.max(most, value);
        }
        for (int p = 0; p < PLANE; p++) {
            map[p] = most == 0 ? 0 : Math.max(0, map[p]) / most;
        }
        return map;
    }

    @ParameterizedTest
    @CsvSource({"java, false", "java, true", "onednn, false", "onednn, true"})
    void theMapsAreThoseOfTheWeights(String backend, boolean checkpointing) {
        SplittableRandom random = new SplittableRandom(3);
        Shape picture = Shape.of(1, SIDE + 2, SIDE + 2);
        Conv2D convolution = new Conv2D(CHANNELS, 3, Activation.RELU);
        try (ImageDataset data = ImageDataset.of("maps", picture, List.of("a", "b"), new int[PICTURES], (i, pixels) -> {
                    for (int p = 0; p < picture.elements(); p++) {
                        pixels.set(p, (byte) random.nextInt(256));
                    }
                });
                Model model = Model.sequential(picture, convolution, new Flatten(), new Dense(2, Activation.SOFTMAX))
                        .backend(BackendChoice.of(backend), Threads.of(1))
                        .gradientCheckpointing(checkpointing);
                Model features = Model.sequential(picture, convolution, new Flatten())
                        .backend(BackendChoice.JAVA, Threads.of(1))) {
            Map<String, float[]> weights = model.weights();
            features.weights(
                    Map.of("conv2d.kernel", weights.get("conv2d.kernel"), "conv2d.bias", weights.get("conv2d.bias")));
            int[] classes = {1, 0};
            List<float[][]> maps = model.classActivations(data, classes);
            List<float[]> activations = features.predict(data).outputs();
            for (int i = 0; i < PICTURES; i++) {
                float[] want = expected(activations.get(i), weights.get("dense.kernel"), classes[i]);
                for (int p = 0; p < PLANE; p++) {
                    // Sums of some fifty products of numbers near 1, in another order.
                    assertEquals(want[p], maps.get(i)[p / SIDE][p % SIDE], 1e-5, "picture " + i + ", place " + p);
                }
            }
        }
    }
}
