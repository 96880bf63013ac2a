package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sharpness-aware minimization takes the gradient at the perturbed parameters, and nothing else of the second pass. */
class SAMTest {
    private static final double RHO = 0.4;
    private static final double RATE = 0.3;

    private static double norm(double[][] values) {
        double sum = 0;
        for (double[] row : values) {
            for (double value : row) {
                sum += value * value;
            }
        }
        return Math.sqrt(sum);
    }

    /** {@code a + factor · b}. */
    private static double[][] sum(double[][] a, double factor, double[][] b) {
        double[][] sum = SoftmaxRegression.zeros();
        SoftmaxRegression.each((c, p) -> sum[c][p] = a[c][p] + factor * b[c][p]);
        return sum;
    }

    /** Algorithm 1 of Foret et al., in double: the gradient of some pictures at where their loss is greatest nearby. */
    private static double[][] sharpGradient(ImageDataset data, int from, int to, double[][] theta) {
        double[][] g = SoftmaxRegression.gradient(data, from, to, theta, 0);
        return SoftmaxRegression.gradient(data, from, to, sum(theta, RHO / norm(g), g), 0);
    }

    /**
     * With momentum, L2 and clipping by the inner rule, of batches alone or added up, of which each then finds its own
     * perturbation. The last update of an epoch has fewer batches, the last batch fewer pictures.
     */
    @ParameterizedTest
    @CsvSource({"java, 5, 1", "onednn, 5, 1", "java, 4, 3", "onednn, 4, 3"})
    void followsThePaper(String backend, int batchSize, int accumulation) {
        double[][] velocity = SoftmaxRegression.zeros();
        try (ImageDataset data = SoftmaxRegression.data();
                Model model = SoftmaxRegression.model(backend)) {
            double[][] theta = SoftmaxRegression.theta(model.weights());
            model.compile(
                    new SAM(RHO, new SGD(RATE).momentum(0.5))
                            .clipGlobalNorm(0.3)
                            .l2(0.01)
                            .gradientAccumulationSteps(accumulation),
                    new CategoricalCrossentropy(true));
            model.fit(
                    data,
                    Fit.epochs(SoftmaxRegression.EPOCHS).batchSize(batchSize).shuffle(false));
            for (int epoch = 0; epoch < SoftmaxRegression.EPOCHS; epoch++) {
                for (int from = 0; from < SoftmaxRegression.PICTURES; from += batchSize * accumulation) {
                    int to = Math.min(SoftmaxRegression.PICTURES, from + batchSize * accumulation);
                    double[][] mean = SoftmaxRegression.zeros();
                    for (int batch = from; batch < to; batch += batchSize) {
                        int end = Math.min(to, batch + batchSize);
                        mean = sum(mean, (end - batch) / (double) (to - from), sharpGradient(data, batch, end, theta));
                    }
                    double[][] g = sum(SoftmaxRegression.zeros(), Math.min(1, 0.3 / norm(mean)), mean);
                    SoftmaxRegression.each((c, p) -> {
                        velocity[c][p] = 0.5 * velocity[c][p] - RATE * (g[c][p] + 2 * 0.01 * theta[c][p]);
                        theta[c][p] += velocity[c][p];
                    });
                }
            }
            SoftmaxRegression.assertClose(theta, model.weights());
        }
    }

    private static ImageDataset pictures() {
        Random random = new Random(3);
        int[] labels = random.ints(8, 0, 3).toArray();
        return ImageDataset.of("pictures", Shape.of(1, 6, 6), List.of("a", "b", "c"), labels, (i, pixels) -> {
            for (int p = 0; p < 36; p++) {
                pixels.set(p, (byte) random.nextInt(256));
            }
        });
    }

    private static Model deep(String backend, Optimizer optimizer) {
        return Model.sequential(
                        Shape.of(1, 6, 6),
                        new Conv2D(4, 3, Activation.TANH),
                        new BatchNormalization(),
                        new Flatten(),
                        new Dropout(0.5),
                        new Dense(3, Activation.SOFTMAX))
                .backend(BackendChoice.of(backend), Threads.of(1))
                .seed(7)
                .compile(optimizer, new CategoricalCrossentropy());
    }

    private static Map<String, float[]> moved(Map<String, float[]> weights, double by, Map<String, float[]> gradients) {
        Map<String, float[]> moved = new LinkedHashMap<>(weights);
        gradients.forEach((name, gradient) -> {
            float[] numbers = weights.get(name).clone();
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] += (float) (by * gradient[i]);
            }
            moved.put(name, numbers);
        });
        return moved;
    }

    private static double globalNorm(Map<String, float[]> gradients) {
        double sum = 0;
        for (float[] gradient : gradients.values()) {
            for (float number : gradient) {
                sum += (double) number * number;
            }
        }
        return Math.sqrt(sum);
    }

    /**
     * A step of a deep network against its own gradients at weights that were perturbed from outside: dropout draws the
     * same both times, the moving averages and the loss are those of the first time. Weights are about 1 and the step
     * is less than 1, so what is rounded otherwise makes some 1e-7; a gradient at the wrong place is off by 1e-2.
     */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void aStepGoesByTheGradientAtThePerturbedWeights(String backend) {
        try (ImageDataset batch = pictures();
                Model model = deep(backend, new SAM(RHO, new SGD(RATE)));
                Model plain = deep(backend, new SGD(RATE))) {
            Map<String, float[]> start = model.weights();
            Map<String, float[]> first = model.gradients(batch);
            model.weights(moved(start, RHO / globalNorm(first), first));
            Map<String, float[]> second = model.gradients(batch);
            model.weights(start);
            double apart = globalNorm(moved(second, -1, first));
            assertTrue(apart > 0.05, "both gradients are nearly the same, " + apart + ": the test sees nothing");
            assertEquals(plain.trainOnBatch(batch), model.trainOnBatch(batch), 1e-6f);
            Map<String, float[]> want = moved(start, -RATE, second);
            plain.weights().forEach((name, numbers) -> {
                if (!second.containsKey(name)) {
                    want.put(name, numbers);
                }
            });
            want.forEach((name, numbers) ->
                    assertArrayEquals(numbers, model.weights().get(name), 5e-6f, name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void theSameBitsWithLessMemory(String backend) {
        try (ImageDataset batch = pictures();
                Model kept = deep(backend, new SAM(RHO, new Adam(0.01)));
                Model twice = deep(backend, new SAM(RHO, new Adam(0.01))).gradientCheckpointing(true)) {
            for (int step = 0; step < 3; step++) {
                assertEquals(kept.trainOnBatch(batch), twice.trainOnBatch(batch));
            }
            kept.weights()
                    .forEach((name, numbers) ->
                            assertArrayEquals(numbers, twice.weights().get(name), name));
        }
    }

    /** A group's own rule without a perturbation learns by the gradient where it stands itself, the others moved. */
    @Test
    void onlyParametersOfTheRuleArePerturbed() {
        try (ImageDataset batch = pictures();
                Model model = deep(
                        "java",
                        new SAM(RHO, new SGD(RATE))
                                .group(ParameterGroup.of("dense.*").rule(new SGD(RATE))))) {
            Map<String, float[]> start = model.weights();
            Map<String, float[]> first = new LinkedHashMap<>(model.gradients(batch));
            first.keySet().removeIf(name -> name.startsWith("dense"));
            model.weights(moved(start, RHO / globalNorm(first), first));
            Map<String, float[]> second = model.gradients(batch);
            model.weights(start);
            model.trainOnBatch(batch);
            Map<String, float[]> want = moved(start, -RATE, second);
            second.keySet()
                    .forEach(name ->
                            assertArrayEquals(want.get(name), model.weights().get(name), 5e-6f, name));
        }
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertEquals(
                "SAM: rho must be greater than 0, got 0.0",
                assertThrows(IllegalArgumentException.class, () -> new SAM(0, new SGD(1)))
                        .getMessage());
        String nested = assertThrows(IllegalArgumentException.class, () -> new SAM(new SAM(new SGD(1))))
                .getMessage();
        assertTrue(nested.contains("SAM[rho=0.05"), nested);
    }
}
