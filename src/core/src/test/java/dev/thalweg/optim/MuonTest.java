package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.UpdateRule;
import dev.thalweg.graph.Value;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Muon against its author's program, written once more in double. */
class MuonTest {
    private static final int STEPS = 6;
    private static final double RATE = 0.1;
    private static final double BETA = 0.8;
    /**
     * Five iterations enlarge the roundings of the smallest singular values by up to 3.4445⁵, some 500 times 6e-8 of a
     * norm of 1, and a step takes a tenth of that.
     */
    private static final double TOLERANCE = 2e-5;

    private static double[][] product(double[][] a, double[][] b) {
        double[][] product = new double[a.length][b[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b[0].length; j++) {
                for (int k = 0; k < b.length; k++) {
                    product[i][j] += a[i][k] * b[k][j];
                }
            }
        }
        return product;
    }

    private static double[][] transposed(double[][] a) {
        double[][] transposed = new double[a[0].length][a.length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                transposed[j][i] = a[i][j];
            }
        }
        return transposed;
    }

    private static double[][] sum(double p, double[][] a, double q, double[][] b) {
        double[][] sum = new double[a.length][a[0].length];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < a[0].length; j++) {
                sum[i][j] = p * a[i][j] + q * b[i][j];
            }
        }
        return sum;
    }

    /** {@code zeropower_via_newtonschulz5}. */
    private static double[][] orthogonal(double[][] g) {
        if (g.length > g[0].length) {
            return transposed(orthogonal(transposed(g)));
        }
        double squares = 0;
        for (double[] row : g) {
            for (double value : row) {
                squares += value * value;
            }
        }
        double[][] x = sum(1 / (Math.sqrt(squares) + 1e-7), g, 0, g);
        for (int i = 0; i < 5; i++) {
            double[][] a = product(x, transposed(x));
            double[][] b = sum(-4.7750, a, 2.0315, product(a, a));
            x = sum(3.4445, x, 1, product(b, x));
        }
        return x;
    }

    private static float[] gaussians(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double[][] matrix(float[] values, int rows) {
        int columns = values.length / rows;
        double[][] matrix = new double[rows][columns];
        for (int i = 0; i < values.length; i++) {
            matrix[i / columns][i % columns] = values[i];
        }
        return matrix;
    }

    /** Kernels that are wide, tall and square as matrices; random gradients, the next like the one before. */
    @ParameterizedTest
    @CsvSource({
        "java, 3, 2, 2, 0",
        "onednn, 3, 2, 2, 0",
        "java, 11, 1, 2, 0",
        "onednn, 11, 1, 2, 0",
        "java, 8, 2, 2, 0.3",
        "onednn, 8, 2, 2, 0.3"
    })
    void stepsAreThoseOfTheAuthorsProgram(String backendName, int outputs, int inputs, int size, double decay) {
        Shape shape = Shape.of(outputs, inputs, size, size);
        int count = shape.arrayLength();
        Random random = new Random(4);
        float[] start = gaussians(random, count);
        UpdateRule rule = new Muon(RATE, BETA).weightDecay(decay).update("w").rule();
        GraphBuilder g = new GraphBuilder();
        Value w = g.parameter("w", shape);
        Value slope = g.input("slope", shape);
        g.update(rule, w, slope);
        Graph graph = g.build("muon", List.of());
        double[][] theta = matrix(start, outputs);
        double[][] momentum = sum(0, theta, 0, theta);
        try (Backend backend = Backends.open(BackendChoice.of(backendName), Threads.of(2));
                Parameters parameters =
                        backend.newParameters(Map.of("w", shape, UpdateRule.averageName("w", 0), shape))) {
            parameters.write("w", MemorySegment.ofArray(start));
            try (Executable executable = backend.compile(graph, parameters)) {
                for (int step = 0; step < STEPS; step++) {
                    float[] gradient = gaussians(random, count);
                    executable.write(slope, MemorySegment.ofArray(gradient));
                    assertTrue(executable.run((float) RATE, step));
                    double[][] now = matrix(gradient, outputs);
                    momentum = sum(BETA, momentum, 1 - BETA, now);
                    double[][] direction = orthogonal(sum(BETA, momentum, 1 - BETA, now));
                    double scale = Math.sqrt(Math.max(1, (double) outputs / theta[0].length));
                    theta = sum(1 - RATE * decay, theta, -RATE * scale, direction);
                    float[] got = new float[count];
                    parameters.read("w", MemorySegment.ofArray(got));
                    for (int i = 0; i < count; i++) {
                        assertEquals(
                                theta[i / theta[0].length][i % theta[0].length],
                                got[i],
                                TOLERANCE,
                                "step " + step + ", element " + i);
                    }
                }
            }
        }
    }

    private static Descent beside(Rule others) {
        return new Muon(0.05).group(ParameterGroup.of(".*bias").rule(others).rateFactor(0.5));
    }

    /** Biases go their own way at their own rate, and the kernel of a whole model learns. */
    @ParameterizedTest
    @CsvSource({"java", "onednn"})
    void aGroupTakesTheBiases(String backend) {
        try (ImageDataset data = SoftmaxRegression.data();
                Model model = SoftmaxRegression.model(backend)) {
            model.compile(beside(new SGD(1)), new CategoricalCrossentropy(true));
            float[] bias = model.weights().get("dense.bias");
            float[] slope = model.gradients(data).get("dense.bias");
            double before = model.evaluate(data).loss();
            model.fit(data, Fit.epochs(1).batchSize(SoftmaxRegression.PICTURES).shuffle(false));
            for (int i = 0; i < bias.length; i++) {
                assertEquals(bias[i] - 0.025 * slope[i], model.weights().get("dense.bias")[i], 1e-6, "bias " + i);
            }
            model.fit(data, Fit.epochs(20).batchSize(SoftmaxRegression.PICTURES));
            double after = model.evaluate(data).loss();
            assertTrue(after < 0.9 * before, before + " became " + after);
        }
    }

    @Test
    void refusesBiasesAndAccumulation() {
        try (ImageDataset data = SoftmaxRegression.data();
                Model model = SoftmaxRegression.model("java")) {
            model.compile(new Muon(0.02), new CategoricalCrossentropy(true));
            String bias = assertThrows(IllegalArgumentException.class, () -> model.fit(data, Fit.epochs(1)))
                    .getMessage();
            assertTrue(bias.contains("got dense.bias [4]"), bias);
        }
        Descent descent = beside(new SGD(1));
        String accumulated = assertThrows(IllegalArgumentException.class, () -> descent.gradientAccumulationSteps(2))
                .getMessage();
        assertTrue(accumulated.contains("gradientAccumulationSteps of 1"), accumulated);
        Descent two = new SGD(1).gradientAccumulationSteps(2);
        ParameterGroup kernels = ParameterGroup.of(".*kernel").rule(new SAM(new Muon(1)));
        assertThrows(IllegalArgumentException.class, () -> two.group(kernels));
        assertThrows(IllegalArgumentException.class, () -> new Muon(0));
        assertThrows(IllegalArgumentException.class, () -> new Muon(1, 1));
    }
}
