package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A softmax regression trained by the library, and once more by plain loops in double, with the gradient of
 * cross-entropy worked out by hand, {@code (p − t) xᵀ / N}. Parameters are a row for each class, the bias at its end.
 */
final class SoftmaxRegression {
    static final int PICTURES = 23;
    static final int PIXELS = 2 * 3 * 2;
    static final int CLASSES = 4;
    static final int EPOCHS = 3;
    /**
     * Weights of about 0.5 after up to 69 steps of rate 0.3: roundings of 6e-8 and a vectorized exponential that is
     * good to about six digits add up to a few millionths. A wrong rule is off in the second digit.
     */
    private static final double TOLERANCE = 1e-5;

    interface Step {
        /** Moves theta by the gradient. */
        void move(int step, double[][] theta, double[][] gradient);
    }

    interface Place {
        void at(int label, int pixel);
    }

    private SoftmaxRegression() {}

    static double[][] zeros() {
        return new double[CLASSES][PIXELS + 1];
    }

    static void each(Place place) {
        for (int c = 0; c < CLASSES; c++) {
            for (int p = 0; p <= PIXELS; p++) {
                place.at(c, p);
            }
        }
    }

    static ImageDataset data() {
        Random random = new Random(11);
        int[] labels = random.ints(PICTURES, 0, CLASSES).toArray();
        return ImageDataset.of("random", Shape.of(2, 3, 2), List.of("a", "b", "c", "d"), labels, (i, target) -> {
            for (int p = 0; p < PIXELS; p++) {
                target.set(p, (byte) random.nextInt(256));
            }
        });
    }

    static Model model(String backend) {
        return Model.sequential(Shape.of(2, 3, 2), new Flatten(), new Dense(CLASSES))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .seed(5);
    }

    /** Trains in batches of one size, and by hand with an update for so many pictures, in the data set's order. */
    static void check(String backend, Optimizer optimizer, int batchSize, int picturesInUpdate, Step step) {
        check(backend, optimizer, new CategoricalCrossentropy(true), batchSize, picturesInUpdate, step);
    }

    static void check(
            String backend,
            Optimizer optimizer,
            CategoricalCrossentropy loss,
            int batchSize,
            int picturesInUpdate,
            Step step) {
        try (ImageDataset data = data();
                Model model = model(backend)) {
            double[][] want = theta(model.weights());
            model.compile(optimizer, loss);
            model.fit(data, Fit.epochs(EPOCHS).batchSize(batchSize).shuffle(false));
            int steps = 0;
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                for (int from = 0; from < PICTURES; from += picturesInUpdate) {
                    step.move(
                            steps++,
                            want,
                            gradient(
                                    data,
                                    from,
                                    Math.min(PICTURES, from + picturesInUpdate),
                                    want,
                                    loss.labelSmoothing()));
                }
            }
            assertClose(want, model.weights());
        }
    }

    static void assertClose(double[][] want, Map<String, float[]> weights) {
        double[][] got = theta(weights);
        each((c, p) -> assertEquals(want[c][p], got[c][p], TOLERANCE, "class " + c + ", pixel " + p));
    }

    static double[][] theta(Map<String, float[]> weights) {
        double[][] theta = zeros();
        each((c, p) ->
                theta[c][p] = p < PIXELS ? weights.get("dense.kernel")[c * PIXELS + p] : weights.get("dense.bias")[c]);
        return theta;
    }

    static double[][] gradient(ImageDataset data, int from, int to, double[][] theta, double smoothing) {
        double[][] gradient = zeros();
        for (int n = from; n < to; n++) {
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
                double target = (1 - smoothing) * (c == data.label(n) ? 1 : 0) + smoothing / CLASSES;
                for (int p = 0; p <= PIXELS; p++) {
                    gradient[c][p] += (exp[c] / sum - target) * x[p] / (to - from);
                }
            }
        }
        return gradient;
    }
}
