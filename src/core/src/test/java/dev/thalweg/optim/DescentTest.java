package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.train.Fit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every setting around a rule, in whole trainings against loops in double. */
class DescentTest {
    private static final double RATE = 0.3;
    private static final int BATCH = 4;

    private static void check(String backend, Optimizer optimizer, SoftmaxRegression.Step step) {
        SoftmaxRegression.check(backend, optimizer, BATCH, BATCH, step);
    }

    private static double square(double[][] values, int from, int to) {
        return Arrays.stream(values)
                .flatMapToDouble(row -> Arrays.stream(row, from, to))
                .map(v -> v * v)
                .sum();
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void l1AndL2AddToTheGradient(String backend) {
        check(
                backend,
                new SGD(RATE).l1(0.01).l2(0.02),
                (step, theta, g) -> SoftmaxRegression.each((c, p) ->
                        theta[c][p] -= RATE * (g[c][p] + 0.01 * Math.signum(theta[c][p]) + 2 * 0.02 * theta[c][p])));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void weightDecayIsDecoupled(String backend) {
        double[][] velocity = SoftmaxRegression.zeros();
        check(
                backend,
                new SGD(RATE).momentum(0.9).weightDecay(0.05),
                (step, theta, g) -> SoftmaxRegression.each((c, p) -> {
                    velocity[c][p] = 0.9 * velocity[c][p] - RATE * g[c][p];
                    theta[c][p] += velocity[c][p] - RATE * 0.05 * theta[c][p];
                }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void valuesAreClipped(String backend) {
        check(
                backend,
                new SGD(RATE).clipValue(0.03),
                (step, theta, g) ->
                        SoftmaxRegression.each((c, p) -> theta[c][p] -= RATE * Math.clamp(g[c][p], -0.03, 0.03)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void normsAreClippedForEachParameter(String backend) {
        check(backend, new SGD(RATE).clipNorm(0.2), (step, theta, g) -> {
            double kernel = Math.min(1, 0.2 / Math.sqrt(square(g, 0, SoftmaxRegression.PIXELS)));
            double bias =
                    Math.min(1, 0.2 / Math.sqrt(square(g, SoftmaxRegression.PIXELS, SoftmaxRegression.PIXELS + 1)));
            SoftmaxRegression.each(
                    (c, p) -> theta[c][p] -= RATE * g[c][p] * (p < SoftmaxRegression.PIXELS ? kernel : bias));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void theGlobalNormIsClipped(String backend) {
        check(backend, new SGD(RATE).clipGlobalNorm(0.3), (step, theta, g) -> {
            double scale = Math.min(1, 0.3 / Math.sqrt(square(g, 0, SoftmaxRegression.PIXELS + 1)));
            SoftmaxRegression.each((c, p) -> theta[c][p] -= RATE * g[c][p] * scale);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void unitsAreKeptWithinTheMaxNorm(String backend) {
        int[] limited = {0};
        check(backend, new SGD(RATE).maxNorm(0.9), (step, theta, g) -> {
            SoftmaxRegression.each((c, p) -> theta[c][p] -= RATE * g[c][p]);
            for (double[] unit : theta) {
                double norm = Math.sqrt(Arrays.stream(unit, 0, SoftmaxRegression.PIXELS)
                        .map(v -> v * v)
                        .sum());
                if (norm > 0.9) {
                    limited[0]++;
                    for (int p = 0; p < SoftmaxRegression.PIXELS; p++) {
                        unit[p] *= 0.9 / norm;
                    }
                }
            }
        });
        assertTrue(limited[0] > 0, "the limit never mattered");
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void groupsHaveTheirOwnSettings(String backend) {
        // The bias fits both groups, of which the first counts; the kernel is in the second.
        Optimizer optimizer = new SGD(RATE / 100)
                .l2(0.05)
                .group(ParameterGroup.of(".*\\.bias").rateFactor(0.1).regularization(Regularization.NONE))
                .group(ParameterGroup.of("dense.*").rateFactor(100));
        check(
                backend,
                optimizer,
                (step, theta, g) -> SoftmaxRegression.each((c, p) -> theta[c][p] -= p < SoftmaxRegression.PIXELS
                        ? RATE * (g[c][p] + 2 * 0.05 * theta[c][p])
                        : RATE / 100 * 0.1 * g[c][p]));
    }

    /** A rule that halves its rate, and has a slot that no assignment uses. */
    private record Halved(double learningRate) implements Rule {
        @Override
        public double rateFactor() {
            return 0.5;
        }

        @Override
        public int slots() {
            return 1;
        }

        @Override
        public List<Assignment> assignments() {
            return List.of(Expression.PARAMETER.becomes(
                    Expression.PARAMETER.minus(Expression.RATE.times(Expression.GRADIENT))));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void whatARuleSaysOfItselfCountsWithinSettings(String backend) {
        Optimizer optimizer = new Halved(RATE)
                .emaMomentum(0.9)
                .group(ParameterGroup.of(".*bias").rateFactor(0.1));
        check(
                backend,
                optimizer,
                (step, theta, g) -> SoftmaxRegression.each(
                        (c, p) -> theta[c][p] -= RATE * 0.5 * (p < SoftmaxRegression.PIXELS ? 1 : 0.1) * g[c][p]));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void aGroupMayHaveAnotherRule(String backend) {
        Optimizer optimizer =
                new LARS(RATE, 0, 0, 0.5).group(ParameterGroup.of(".*bias").rule(new SGD(1)));
        check(backend, optimizer, (step, theta, g) -> {
            double trust = 0.5
                    * Math.sqrt(square(theta, 0, SoftmaxRegression.PIXELS) / square(g, 0, SoftmaxRegression.PIXELS));
            SoftmaxRegression.each(
                    (c, p) -> theta[c][p] -= RATE * g[c][p] * (p < SoftmaxRegression.PIXELS ? trust : 1));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void aScheduleIsFollowed(String backend) {
        Schedule schedule = new PolynomialDecay(RATE, 0.05, 10).warmUp(3);
        check(backend, new SGD(1).schedule(schedule), (step, theta, g) -> {
            double rate = step < 3 ? RATE * (step + 1) / 4 : step < 13 ? RATE + (0.05 - RATE) * (step - 3) / 10 : 0.05;
            SoftmaxRegression.each((c, p) -> theta[c][p] -= rate * g[c][p]);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void labelsAreSmoothed(String backend) {
        SoftmaxRegression.check(
                backend,
                new SGD(RATE),
                new CategoricalCrossentropy(true).labelSmoothing(0.2),
                BATCH,
                BATCH,
                (step, theta, g) -> SoftmaxRegression.each((c, p) -> theta[c][p] -= RATE * g[c][p]));
    }

    /** Batches of 4 pictures, three to an update: the last update of an epoch has 11 pictures (4 + 4 + 3). */
    @ParameterizedTest
    @CsvSource({"java, 4, 3", "onednn, 4, 3", "java, 23, 5", "onednn, 1, 23", "java, 5, 2"})
    void accumulatedBatchesAreAsOneBigBatch(String backend, int batchSize, int accumulation) {
        double[][] velocity = SoftmaxRegression.zeros();
        SoftmaxRegression.check(
                backend,
                new SGD(RATE).momentum(0.5).gradientAccumulationSteps(accumulation),
                batchSize,
                batchSize * accumulation,
                (step, theta, g) -> SoftmaxRegression.each((c, p) -> {
                    velocity[c][p] = 0.5 * velocity[c][p] - RATE * g[c][p];
                    theta[c][p] += velocity[c][p];
                }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void weightsAreAveraged(String backend) {
        double[][] average = SoftmaxRegression.zeros();
        double[][] theta = SoftmaxRegression.zeros();
        check(
                backend,
                new SGD(RATE),
                (step, moved, g) -> SoftmaxRegression.each((c, p) -> {
                    moved[c][p] -= RATE * g[c][p];
                    average[c][p] = step == 0 ? moved[c][p] : 0.8 * average[c][p] + 0.2 * moved[c][p];
                    theta[c][p] = moved[c][p];
                }));
        try (ImageDataset data = SoftmaxRegression.data();
                Model model = SoftmaxRegression.model(backend)) {
            model.compile(new SGD(RATE).emaMomentum(0.8), new CategoricalCrossentropy(true));
            assertThrows(IllegalStateException.class, model::averagedWeights);
            model.fit(data, Fit.epochs(3).batchSize(BATCH).shuffle(false));
            SoftmaxRegression.assertClose(theta, model.weights());
            SoftmaxRegression.assertClose(average, model.averagedWeights());
            Map<String, float[]> averages = model.averagedWeights();
            model.weights(averages);
            assertArrayEquals(averages.get("dense.kernel"), model.weights().get("dense.kernel"));
        }
    }

    @Test
    void rangesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new Adam(-1));
        assertThrows(IllegalArgumentException.class, () -> new Adam(0.1, 1, 0.9, 1e-7));
        assertThrows(IllegalArgumentException.class, () -> new RMSprop(0.1, 0.9, 0, 0, false));
        assertThrows(IllegalArgumentException.class, () -> new Lion(Double.POSITIVE_INFINITY));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1).clipNorm(0));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1).l1(-1));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1).maxNorm(0));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1).gradientAccumulationSteps(0));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1).emaMomentum(1));
        assertThrows(
                IllegalArgumentException.class, () -> ParameterGroup.of("(").rateFactor(1));
        assertThrows(IllegalArgumentException.class, () -> new CategoricalCrossentropy().labelSmoothing(1));
        assertEquals(2, new Adam(0.1).descent().update("any").rule().slots());
    }
}
