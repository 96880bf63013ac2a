package dev.thalweg.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Losses and their gradients against their formulas in double, on both backends. */
class LossTest {
    private static final int N = 3;
    private static final int C = 4;
    private static final double[] LOGITS = {0.5, -1.2, 2.0, 0.1, -0.3, 0.7, 0.2, -2.0, 1.5, 1.4, -0.6, 0.9};
    private static final double[] PROBABILITIES = {0.1, 0.2, 0.3, 0.4, 0.7, 0.1, 0.15, 0.05, 0.25, 0.25, 0.2, 0.3};
    private static final double[] ONE_HOT = {0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1};
    private static final double[] SOFT = {0.1, 0.2, 0.6, 0.1, 0.9, 0.1, 0, 0, 0.25, 0.25, 0.25, 0.25};
    /** Floats keep seven digits; the losses are sums of twelve terms of about 1. */
    private static final double TOLERANCE = 2e-6;

    private record Result(float loss, float[] gradient) {}

    private static Result run(
            String name, Loss loss, BiFunction<GraphBuilder, Value, Value> before, double[] x, double[] t) {
        GraphBuilder g = new GraphBuilder();
        Value predictions = g.parameter("x", Shape.of(x.length / C, C));
        Value targets = g.input("t", Shape.of(x.length / C, C));
        Value result = loss.of(g, before.apply(g, predictions), targets);
        List<Value> outputs =
                List.of(result, Gradients.of(g, result, List.of(predictions)).getFirst());
        Graph graph = g.build("loss", outputs);
        try (Backend backend = Backends.open(BackendChoice.of(name), Threads.of(1));
                Parameters parameters = backend.newParameters(Map.of("x", predictions.shape()))) {
            parameters.write("x", floats(x));
            try (Executable executable = backend.compile(graph, parameters)) {
                executable.write(targets, floats(t));
                executable.run();
                float[] value = new float[1];
                float[] gradient = new float[x.length];
                executable.read(outputs.get(0), MemorySegment.ofArray(value));
                executable.read(outputs.get(1), MemorySegment.ofArray(gradient));
                return new Result(value[0], gradient);
            }
        }
    }

    private static MemorySegment floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return MemorySegment.ofArray(floats);
    }

    private static void check(
            Loss loss,
            BiFunction<GraphBuilder, Value, Value> before,
            double[] x,
            double[] t,
            ToDoubleFunction<double[]> formula) {
        for (String backend : Backends.names()) {
            Result got = run(backend, loss, before, x, t);
            assertEquals(formula.applyAsDouble(x), got.loss(), TOLERANCE, backend);
            for (int i = 0; i < x.length; i++) {
                double h = 1e-6;
                double[] above = x.clone();
                double[] below = x.clone();
                above[i] += h;
                below[i] -= h;
                double slope = (formula.applyAsDouble(above) - formula.applyAsDouble(below)) / (2 * h);
                assertEquals(
                        slope, got.gradient()[i], TOLERANCE * Math.max(1, Math.abs(slope)), backend + " gradient " + i);
            }
        }
    }

    private static Value same(GraphBuilder g, Value x) {
        return x;
    }

    private static double crossEntropyOfLogits(double[] x, double[] t) {
        double loss = 0;
        for (int n = 0; n < N; n++) {
            double sum = 0;
            for (int c = 0; c < C; c++) {
                sum += Math.exp(x[n * C + c]);
            }
            for (int c = 0; c < C; c++) {
                loss -= t[n * C + c] * (x[n * C + c] - Math.log(sum)) / N;
            }
        }
        return loss;
    }

    private static double mean(int count, IntToDoubleFunction term) {
        return IntStream.range(0, count).mapToDouble(term).sum() / count;
    }

    @Test
    void categoricalCrossentropyOfLogits() {
        check(
                new CategoricalCrossentropy(true),
                LossTest::same,
                LOGITS,
                ONE_HOT,
                x -> crossEntropyOfLogits(x, ONE_HOT));
        check(new CategoricalCrossentropy(true), LossTest::same, LOGITS, SOFT, x -> crossEntropyOfLogits(x, SOFT));
        check(
                new SparseCategoricalCrossentropy(true),
                LossTest::same,
                LOGITS,
                ONE_HOT,
                x -> crossEntropyOfLogits(x, ONE_HOT));
    }

    @Test
    void categoricalCrossentropyBehindASoftmaxLayer() {
        check(
                new CategoricalCrossentropy(),
                (g, x) -> g.softmax(x, 1),
                LOGITS,
                ONE_HOT,
                x -> crossEntropyOfLogits(x, ONE_HOT));
        check(
                new SparseCategoricalCrossentropy(),
                (g, x) -> g.softmax(x, 1),
                LOGITS,
                SOFT,
                x -> crossEntropyOfLogits(x, SOFT));
    }

    @Test
    void categoricalCrossentropyOfProbabilities() {
        check(
                new CategoricalCrossentropy(),
                LossTest::same,
                PROBABILITIES,
                SOFT,
                p -> C * mean(N * C, i -> -SOFT[i] * Math.log(p[i])));
    }

    @Test
    void binaryCrossentropy() {
        check(
                new BinaryCrossentropy(),
                LossTest::same,
                PROBABILITIES,
                SOFT,
                p -> mean(N * C, i -> -SOFT[i] * Math.log(p[i]) - (1 - SOFT[i]) * Math.log(1 - p[i])));
        ToDoubleFunction<double[]> ofLogits = x -> mean(N * C, i -> {
            double p = 1 / (1 + Math.exp(-x[i]));
            return -SOFT[i] * Math.log(p) - (1 - SOFT[i]) * Math.log(1 - p);
        });
        check(new BinaryCrossentropy(true), LossTest::same, LOGITS, SOFT, ofLogits);
        check(new BinaryCrossentropy(), (g, x) -> g.eltwise(Eltwise.Kind.LOGISTIC, x), LOGITS, SOFT, ofLogits);
    }

    /** Lin et al. 2017, equation 4, for many classes; where gamma is below 1 its slope is steep near certainty. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 2})
    void categoricalFocalCrossentropy(double gamma) {
        ToDoubleFunction<double[]> ofProbabilities =
                p -> C * mean(N * C, i -> -SOFT[i] * Math.pow(1 - p[i], gamma) * Math.log(p[i]));
        Loss loss = new CategoricalFocalCrossentropy(false, gamma);
        check(loss, LossTest::same, PROBABILITIES, SOFT, ofProbabilities);
        ToDoubleFunction<double[]> ofLogits = x -> {
            double[] p = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                double sum = 0;
                for (int c = 0; c < C; c++) {
                    sum += Math.exp(x[i / C * C + c]);
                }
                p[i] = Math.exp(x[i]) / sum;
            }
            return ofProbabilities.applyAsDouble(p);
        };
        check(new CategoricalFocalCrossentropy(true, gamma), LossTest::same, LOGITS, SOFT, ofLogits);
        check(loss, (g, x) -> g.softmax(x, 1), LOGITS, SOFT, ofLogits);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 2})
    void binaryFocalCrossentropy(double gamma) {
        ToDoubleFunction<double[]> ofProbabilities = p -> mean(N * C, i -> {
            double told = SOFT[i] * p[i] + (1 - SOFT[i]) * (1 - p[i]);
            return Math.pow(1 - told, gamma) * (-SOFT[i] * Math.log(p[i]) - (1 - SOFT[i]) * Math.log(1 - p[i]));
        });
        Loss loss = new BinaryFocalCrossentropy(false, gamma);
        check(loss, LossTest::same, PROBABILITIES, SOFT, ofProbabilities);
        ToDoubleFunction<double[]> ofLogits = x -> {
            double[] p = new double[x.length];
            for (int i = 0; i < x.length; i++) {
                p[i] = 1 / (1 + Math.exp(-x[i]));
            }
            return ofProbabilities.applyAsDouble(p);
        };
        check(new BinaryFocalCrossentropy(true, gamma), LossTest::same, LOGITS, SOFT, ofLogits);
        check(loss, (g, x) -> g.eltwise(Eltwise.Kind.LOGISTIC, x), LOGITS, SOFT, ofLogits);
    }

    /** Certain and right, certain and wrong: the loss is 0 or the distance of the logits, and slopes are finite. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void focalLossesOfCertainLogitsStayFinite(String backend) {
        double[] x = {80, -80, 0, 0};
        for (double gamma : new double[] {0.5, 2}) {
            Loss categorical = new CategoricalFocalCrossentropy(true, gamma);
            Loss binary = new BinaryFocalCrossentropy(true, gamma);
            Result right = run(backend, categorical, LossTest::same, x, new double[] {1, 0, 0, 0});
            Result wrong = run(backend, categorical, LossTest::same, x, new double[] {0, 1, 0, 0});
            Result labels = run(backend, binary, LossTest::same, x, new double[] {0, 1, 0, 0});
            assertEquals(0, right.loss(), 1e-6);
            assertEquals(160, wrong.loss(), 1e-4);
            assertEquals((80 + 80 + 2 * Math.pow(0.5, gamma) * Math.log(2)) / 4, labels.loss(), 1e-4);
            for (Result result : List.of(right, wrong, labels)) {
                for (float slope : result.gradient()) {
                    assertTrue(Float.isFinite(slope), "slope " + slope + " at gamma " + gamma);
                }
            }
        }
    }

    @Test
    void focalLossesRefuseANegativeGamma() {
        assertThrows(IllegalArgumentException.class, () -> new CategoricalFocalCrossentropy(true, -1));
        assertThrows(IllegalArgumentException.class, () -> new BinaryFocalCrossentropy(true, Double.NaN));
    }

    @Test
    void squaredAndAbsoluteError() {
        check(new MeanSquaredError(), LossTest::same, LOGITS, SOFT, x -> mean(N * C, i -> Math.pow(x[i] - SOFT[i], 2)));
        check(new MeanAbsoluteError(), LossTest::same, LOGITS, SOFT, x -> mean(N * C, i -> Math.abs(x[i] - SOFT[i])));
    }

    /** δ lies between the errors, so that both halves are met; torch's formula. */
    @Test
    void huber() {
        for (double delta : new double[] {0.5, 1, 1.35}) {
            check(
                    new Huber(delta),
                    LossTest::same,
                    LOGITS,
                    SOFT,
                    x -> mean(N * C, i -> {
                        double error = Math.abs(x[i] - SOFT[i]);
                        return error <= delta ? error * error / 2 : delta * (error - delta / 2);
                    }));
        }
        assertThrows(IllegalArgumentException.class, () -> new Huber(0));
        assertThrows(IllegalArgumentException.class, () -> new Huber(Double.NaN));
    }

    @Test
    void logCosh() {
        check(new LogCosh(), LossTest::same, LOGITS, SOFT, x -> mean(N * C, i -> Math.log(Math.cosh(x[i] - SOFT[i]))));
    }

    /** Keras' documentation of {@code Huber} and {@code LogCosh}. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void publishedValues(String backend) {
        double[] targets = {0, 1, 0, 0};
        Result huber = run(backend, new Huber(), LossTest::same, new double[] {0.6, 0.4, 0.4, 0.6}, targets);
        assertEquals(0.155, huber.loss(), 5e-4);
        Result logCosh = run(backend, new LogCosh(), LossTest::same, new double[] {1, 1, 0, 0}, targets);
        assertEquals(0.108, logCosh.loss(), 5e-4);
        Result great = run(backend, new LogCosh(), LossTest::same, new double[] {1000, -1000, 0, 0}, new double[4]);
        assertEquals(500 - Math.log(2) / 2, great.loss(), 1e-3);
    }

    /** A formula of one's own, by what users see of graphs. */
    @Test
    void ownLossesAreFormulas() {
        Loss quartic = Loss.of("test.quartic", (g, predicted, target) -> {
            Value square = g.eltwise(Eltwise.Kind.SQUARE, g.binary(Binary.Kind.SUB, predicted, target));
            return g.reduce(Reduction.Kind.MEAN, g.multiply(square, square));
        });
        check(quartic, LossTest::same, PROBABILITIES, SOFT, p -> mean(N * C, i -> Math.pow(p[i] - SOFT[i], 4)));
        assertEquals("test.quartic", quartic.toString());
        assertEquals(quartic, Loss.of("test.quartic", (g, predicted, target) -> predicted));
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", Shape.of(2, 3));
        String message = assertThrows(
                        ShapeException.class,
                        () -> Loss.of("test.none", (b, p, t) -> p).of(g, x, x))
                .getMessage();
        assertTrue(message.contains("\"test.none\"") && message.contains("[2, 3]"), message);
        // What could not be registered could not be loaded again.
        for (String name : List.of(" ", "quartic", "test.", "test.a b")) {
            assertThrows(IllegalArgumentException.class, () -> Loss.of(name, (b, p, t) -> p), name);
        }
    }

    @Test
    void formulasNeedNoName() {
        Loss.Formula formula =
                (g, predicted, target) -> g.reduce(Reduction.Kind.MEAN, g.binary(Binary.Kind.MUL, predicted, target));
        Loss loss = Loss.of(formula);
        check(loss, LossTest::same, PROBABILITIES, SOFT, p -> mean(N * C, i -> p[i] * SOFT[i]));
        assertEquals(loss, Loss.of(formula));
        assertNotEquals(loss, Loss.of((g, predicted, target) -> predicted));
    }

    @Test
    void oneClassIsNoClassification() {
        GraphBuilder g = new GraphBuilder();
        Value one = g.input("x", Shape.of(2, 1));
        for (Loss loss : List.of(
                new CategoricalCrossentropy(),
                new CategoricalFocalCrossentropy(),
                new SparseCategoricalCrossentropy())) {
            String message = assertThrows(ShapeException.class, () -> loss.of(g, one, one))
                    .getMessage();
            assertTrue(message.contains("at least two classes") && message.contains("[2, 1]"), message);
        }
    }

    /** Classes exclude each other, labels do not, and numbers have no bounds. */
    @Test
    void lossesKnowTheirTargets() {
        for (Loss categorical : List.of(new CategoricalCrossentropy(), new SparseCategoricalCrossentropy())) {
            assertTrue(categorical.check(TargetKind.CLASSES).isEmpty());
            assertTrue(categorical.check(TargetKind.REGRESSION).isPresent());
            assertThrows(IllegalArgumentException.class, () -> categorical.check(TargetKind.MULTI_LABEL));
        }
        assertTrue(new BinaryCrossentropy().check(TargetKind.CLASSES).isEmpty());
        assertTrue(new BinaryCrossentropy().check(TargetKind.MULTI_LABEL).isEmpty());
        assertTrue(new BinaryCrossentropy().check(TargetKind.REGRESSION).isPresent());
        for (TargetKind kind : TargetKind.values()) {
            assertTrue(new Huber().check(kind).isEmpty());
        }
    }

    /** With logits of ±1000 a naive softmax overflows; the loss is then the distance of the logits. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void greatLogitsDoNotOverflow(String backend) {
        double[] x = {1000, -1000, 0, 0};
        Result right =
                run(backend, new CategoricalCrossentropy(), (g, v) -> g.softmax(v, 1), x, new double[] {1, 0, 0, 0});
        assertEquals(0, right.loss(), 1e-6);
        Result wrong = run(backend, new CategoricalCrossentropy(true), LossTest::same, x, new double[] {0, 1, 0, 0});
        assertEquals(2000, wrong.loss(), 1e-3);
        assertEquals(-1, wrong.gradient()[1], 1e-6);
        Result binary = run(
                backend, new BinaryCrossentropy(true), LossTest::same, new double[] {80, -80, 80, -80}, new double[] {
                    1, 0, 0, 1
                });
        assertEquals(40, binary.loss(), 1e-4);
        for (float gradient : binary.gradient()) {
            assertFalse(Float.isNaN(gradient));
        }
    }

    /** Probabilities of exactly 0 and 1 are clipped to 1e-7, as in Keras: −ln 1e-7 = 16.118. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void certainProbabilitiesStayFinite(String backend) {
        Result result =
                run(backend, new CategoricalCrossentropy(), LossTest::same, new double[] {0, 1, 0, 0}, new double[] {
                    1, 0, 0, 0
                });
        assertEquals(16.118, result.loss(), 1e-3);
    }

    @Test
    void shapesMustFit() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", Shape.of(2, 3));
        Value t = g.input("t", Shape.of(2, 4));
        for (Loss loss : List.of(
                new CategoricalCrossentropy(),
                new CategoricalFocalCrossentropy(),
                new BinaryCrossentropy(),
                new BinaryFocalCrossentropy(),
                new MeanSquaredError(),
                new MeanAbsoluteError(),
                new Huber(),
                new LogCosh())) {
            String message =
                    assertThrows(ShapeException.class, () -> loss.of(g, x, t)).getMessage();
            assertTrue(message.contains("[2, 3]") && message.contains("[2, 4]"), message);
        }
    }
}
