package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Fit;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole trainings of a softmax regression against a second implementation: plain loops in double, with the gradient of
 * cross-entropy worked out by hand, {@code (p − t) xᵀ / N}.
 */
class SgdTest {
    private static final int PICTURES = 23;
    private static final int PIXELS = 2 * 3 * 2;
    private static final int CLASSES = 4;
    private static final int EPOCHS = 3;

    private static ImageDataset data() {
        Random random = new Random(11);
        int[] labels = random.ints(PICTURES, 0, CLASSES).toArray();
        return ImageDataset.of("random", Shape.of(2, 3, 2), List.of("a", "b", "c", "d"), labels, (i, target) -> {
            for (int p = 0; p < PIXELS; p++) {
                target.set(ValueLayout.JAVA_BYTE, p, (byte) random.nextInt(256));
            }
        });
    }

    /** Kernel [class][pixel] and bias after training in the data set's order. */
    private static double[][] byHand(ImageDataset data, SGD rule, int batchSize, Map<String, float[]> start) {
        double[][] theta = new double[CLASSES][PIXELS + 1];
        double[][] velocity = new double[CLASSES][PIXELS + 1];
        for (int c = 0; c < CLASSES; c++) {
            for (int p = 0; p < PIXELS; p++) {
                theta[c][p] = start.get("dense.kernel")[c * PIXELS + p];
            }
            theta[c][PIXELS] = start.get("dense.bias")[c];
        }
        int step = 0;
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            for (int from = 0; from < PICTURES; from += batchSize) {
                int to = Math.min(PICTURES, from + batchSize);
                double[][] gradient = new double[CLASSES][PIXELS + 1];
                for (int n = from; n < to; n++) {
                    addGradient(data, n, theta, gradient, to - from);
                }
                double rate = rule.learningRate() / (1 + rule.decay() * step++);
                for (int c = 0; c < CLASSES; c++) {
                    for (int p = 0; p <= PIXELS; p++) {
                        velocity[c][p] = rule.momentum() * velocity[c][p] - rate * gradient[c][p];
                        theta[c][p] += rule.nesterov() ? rule.momentum() * velocity[c][p] - rate * gradient[c][p] : velocity[c][p];
                    }
                }
            }
        }
        return theta;
    }

    private static void addGradient(ImageDataset data, int n, double[][] theta, double[][] gradient, int batch) {
        double[] x = new double[PIXELS + 1];
        for (int p = 0; p < PIXELS; p++) {
            x[p] = (data.pixels(n).get(ValueLayout.JAVA_BYTE, p) & 0xff) / 255.0;
        }
        x[PIXELS] = 1;
        double[] exp = new double[CLASSES];
        double sum = 0;
        for (int c = 0; c < CLASSES; c++) {
            double logit = 0;
            for (int p = 0; p <= PIXELS; p++) {
                logit += theta[c][p] * x[p];
            }
            exp[c] = Math.exp(logit);
            sum += exp[c];
        }
        for (int c = 0; c < CLASSES; c++) {
            double error = exp[c] / sum - (c == data.label(n) ? 1 : 0);
            for (int p = 0; p <= PIXELS; p++) {
                gradient[c][p] += error * x[p] / batch;
            }
        }
    }

    /**
     * Weights of about 0.5 after up to 69 steps of rate 0.3: roundings of 6e-8 and a vectorized exponential that is good to
     * about six digits add up to a few millionths. A wrong rule is off in the second digit.
     */
    private static final double TOLERANCE = 1e-5;

    /** Single-sample, mini-batch with a rest of 3 (23 = 5 · 4 + 3), and batch descent. */
    @ParameterizedTest
    @CsvSource({
        "java, 1, 0, false, 0", "onednn, 1, 0, false, 0", "java, 4, 0.9, false, 0.05", "onednn, 4, 0.9, false, 0.05",
        "java, 4, 0.9, true, 0", "onednn, 4, 0.9, true, 0.01", "java, 23, 0.5, false, 0", "onednn, 23, 0.5, false, 0"})
    void followsTheSameTrajectoryAsLoopsInDouble(String backend, int batchSize, double momentum, boolean nesterov, double decay) {
        SGD rule = new SGD(0.3, momentum, nesterov, decay);
        try (ImageDataset data = data();
                Model model = Model.sequential(Shape.of(2, 3, 2), new Flatten(), new Dense(CLASSES)).backend(backend, 2).seed(5)) {
            Map<String, float[]> start = model.weights();
            model.compile(rule, new CategoricalCrossentropy(true));
            model.fit(data, Fit.epochs(EPOCHS).batchSize(batchSize).withoutShuffling());
            double[][] want = byHand(data, rule, batchSize, start);
            float[] kernel = model.weights().get("dense.kernel");
            float[] bias = model.weights().get("dense.bias");
            for (int c = 0; c < CLASSES; c++) {
                for (int p = 0; p < PIXELS; p++) {
                    assertEquals(want[c][p], kernel[c * PIXELS + p], TOLERANCE, "kernel " + c + " " + p);
                }
                assertEquals(want[c][PIXELS], bias[c], TOLERANCE, "bias " + c);
            }
        }
    }

    @Test
    void theRateDecaysWithTheInverseOfTime() {
        Schedule rates = new SGD(0.01).decay(0.01).descent().schedule();
        assertArrayEquals(new double[] {0.01, 0.01 / 1.01, 0.005}, new double[] {rates.at(0), rates.at(1), rates.at(100)}, 1e-15);
    }

    @Test
    void rangesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new SGD(0));
        assertThrows(IllegalArgumentException.class, () -> new SGD(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1).momentum(1));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1).decay(-1));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1, 0, true, 0));
    }
}
