package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A schedule-free rule trains other weights than those that it is judged by. */
class ScheduleFreeTest {
    private static final double RATE = 0.05;
    private static final int EPOCHS = 5;

    /** The paper's algorithm once more, for a whole model: its y is the model's weights, its x the averaged ones. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void yIsTrainedAndXIsJudged(String backend) {
        try (ImageDataset data = SoftmaxRegression.data();
                Model model = SoftmaxRegression.model(backend)) {
            double[][] y = SoftmaxRegression.theta(model.weights());
            double[][] z = SoftmaxRegression.theta(model.weights());
            double[][] x = SoftmaxRegression.theta(model.weights());
            double[][] v = SoftmaxRegression.zeros();
            double squares = 0;
            for (int t = 1; t <= EPOCHS; t++) {
                double[][] g = SoftmaxRegression.gradient(data, 0, SoftmaxRegression.PICTURES, y, 0);
                double gamma = RATE * Math.sqrt(1 - Math.pow(0.999, t));
                squares += gamma * gamma;
                double c = gamma * gamma / squares;
                SoftmaxRegression.each((k, p) -> {
                    v[k][p] = 0.999 * v[k][p] + 0.001 * g[k][p] * g[k][p];
                    z[k][p] -= gamma * g[k][p] / (Math.sqrt(v[k][p]) + 1e-8);
                    x[k][p] = (1 - c) * x[k][p] + c * z[k][p];
                    y[k][p] = 0.1 * z[k][p] + 0.9 * x[k][p];
                });
            }
            model.compile(new ScheduleFreeAdamW(RATE), new CategoricalCrossentropy(true));
            History history = model.fit(
                    data,
                    Fit.epochs(EPOCHS)
                            .batchSize(SoftmaxRegression.PICTURES)
                            .shuffle(false)
                            .validation(data));
            Map<String, float[]> averaged = model.averagedWeights();
            SoftmaxRegression.assertClose(y, model.weights());
            SoftmaxRegression.assertClose(x, averaged);
            EpochResult last = history.epochs().getLast();
            double validated = last.validation().orElseThrow().loss();
            assertNotEquals(model.evaluate(data).loss(), validated);
            model.weights(averaged);
            assertEquals(model.evaluate(data).loss(), validated);
        }
    }

    /** Validation leaves no trace in the training. */
    @Test
    void theSameBitsWithValidationAndWithout() {
        try (ImageDataset data = SoftmaxRegression.data();
                Model with = SoftmaxRegression.model("onednn");
                Model without = SoftmaxRegression.model("onednn")) {
            with.compile(new ScheduleFreeAdamW(RATE), new CategoricalCrossentropy(true));
            without.compile(new ScheduleFreeAdamW(RATE), new CategoricalCrossentropy(true));
            with.fit(data, Fit.epochs(3).batchSize(8).validation(data));
            without.fit(data, Fit.epochs(3).batchSize(8));
            assertArrayEquals(
                    without.weights().get("dense.kernel"), with.weights().get("dense.kernel"));
        }
    }

    @Test
    void refusesWhatWouldBeLost() {
        ScheduleFreeAdamW rule = new ScheduleFreeAdamW(RATE);
        String averaged = assertThrows(IllegalArgumentException.class, () -> rule.emaMomentum(0.9))
                .getMessage();
        assertTrue(averaged.contains("expected no emaMomentum, got 0.9"), averaged);
        String decayed = assertThrows(IllegalArgumentException.class, () -> rule.weightDecay(0.1))
                .getMessage();
        assertTrue(decayed.contains("expected its own weight decay alone"), decayed);
        assertThrows(IllegalArgumentException.class, () -> rule.maxNorm(1));
        Descent sgd = new SGD(1).weightDecay(0.1);
        ParameterGroup group = ParameterGroup.of(".*").rule(new SAM(rule));
        assertThrows(IllegalArgumentException.class, () -> sgd.group(group));
        assertThrows(IllegalArgumentException.class, () -> new ScheduleFreeAdamW(1, 0.9, 0.9, 1e-8, 0, -1));
    }
}
