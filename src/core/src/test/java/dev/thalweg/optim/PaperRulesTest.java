package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rules for which no library on Maven Central has a sound implementation, against their papers' algorithms written once
 * more, in double and as literally as the papers have them.
 */
class PaperRulesTest {
    private static final float PULL = 0.1f;
    private static final float[] START = {-0.8f, 0.7f, -0.6f, 0.5f, -0.4f, 0.3f, -0.2f, 0.1f};
    private static final int STEPS = 40;
    /** See {@link TrajectoryTest}; here one side does not round. */
    private static final double TOLERANCE = 2e-5;

    private interface Move {
        /** What is subtracted from theta at update t = 1, 2, … */
        double[] of(int t, double[] theta, double[] gradient);
    }

    private static void check(String backend, Optimizer optimizer, Move move) {
        double[] theta = new double[START.length];
        Arrays.setAll(theta, i -> START[i]);
        Valleys.descend(backend, optimizer.descent(), PULL, START, STEPS, (step, got) -> {
            double[] moved = move.of(step + 1, theta.clone(), Valleys.gradient(theta, PULL));
            for (int i = 0; i < theta.length; i++) {
                theta[i] -= moved[i];
                assertEquals(theta[i], got[i], TOLERANCE, "step " + step + ", element " + i);
            }
        });
    }

    private static double[] each(int n, IntToDoubleFunction value) {
        double[] values = new double[n];
        Arrays.setAll(values, value);
        return values;
    }

    private static double norm(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
    }

    /** Dozat 2016, algorithm 8, with the schedule of its section 4. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void nadam(String backend) {
        double[] m = new double[START.length];
        double[] v = new double[START.length];
        double[] products = new double[STEPS + 2];
        products[0] = 1;
        for (int t = 1; t <= STEPS + 1; t++) {
            products[t] = products[t - 1] * momentum(t);
        }
        check(
                backend,
                new Nadam(0.02),
                (t, theta, g) -> each(g.length, i -> {
                    m[i] = 0.9 * m[i] + 0.1 * g[i];
                    v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
                    double moment = momentum(t + 1) * m[i] / (1 - products[t + 1])
                            + (1 - momentum(t)) * g[i] / (1 - products[t]);
                    return 0.02 * moment / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-7);
                }));
    }

    private static double momentum(int t) {
        return 0.9 * (1 - 0.5 * Math.pow(0.96, t / 250.0));
    }

    /** Chen et al. 2023, program 1. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void lion(String backend) {
        double[] m = new double[START.length];
        check(
                backend,
                new Lion(0.003, 0.9, 0.99, 0.1),
                (t, theta, g) -> each(g.length, i -> {
                    double update = Math.signum(0.9 * m[i] + 0.1 * g[i]) + 0.1 * theta[i];
                    m[i] = 0.99 * m[i] + 0.01 * g[i];
                    return 0.003 * update;
                }));
    }

    /** You et al. 2017, algorithm 1. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void lars(String backend) {
        double[] v = new double[START.length];
        check(backend, new LARS(2, 0.9, 0.01, 0.02), (t, theta, g) -> {
            double local = 0.02 * norm(theta) / (norm(g) + 0.01 * norm(theta));
            return each(g.length, i -> v[i] = 0.9 * v[i] + 2 * local * (g[i] + 0.01 * theta[i]));
        });
    }

    /**
     * The decay of Loshchilov and Hutter 2019 goes by the learning rate, whatever the rule makes of that for its own
     * step.
     */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void larsWithDecoupledDecay(String backend) {
        double[] v = new double[START.length];
        check(backend, new LARS(2, 0.9, 0.01, 0.02).weightDecay(0.03), (t, theta, g) -> {
            double local = 0.02 * norm(theta) / (norm(g) + 0.01 * norm(theta));
            return each(g.length, i -> {
                double decay = 2 * 0.03 * theta[i];
                v[i] = 0.9 * v[i] + 2 * local * (g[i] + 0.01 * (theta[i] - decay));
                return decay + v[i];
            });
        });
    }

    /** You et al. 2020, algorithm 2; with clipping its norms wait for the gradient's. */
    @ParameterizedTest
    @CsvSource({"java, 1e9", "onednn, 1e9", "java, 0.5", "onednn, 0.5"})
    void lamb(String backend, double limit) {
        double[] m = new double[START.length];
        double[] v = new double[START.length];
        check(backend, new LAMB(0.01, 0.9, 0.999, 1e-6, 0.1).clipNorm(limit), (t, theta, raw) -> {
            double scale = Math.min(1, limit / norm(raw));
            double[] u = each(raw.length, i -> {
                double g = raw[i] * scale;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                return m[i] / (1 - Math.pow(0.9, t)) / (Math.sqrt(v[i] / (1 - Math.pow(0.999, t))) + 1e-6)
                        + 0.1 * theta[i];
            });
            return each(u.length, i -> 0.01 * norm(theta) / norm(u) * u[i]);
        });
    }

    /** Defazio et al. 2024, algorithm 1. */
    @ParameterizedTest
    @CsvSource({"java, 0", "onednn, 0", "java, 7", "onednn, 7"})
    void scheduleFreeAdamW(String backend, int warmUp) {
        double[] v = new double[START.length];
        double[] z = each(START.length, i -> START[i]);
        double[] x = z.clone();
        double[] squares = {0};
        check(backend, new ScheduleFreeAdamW(0.02, 0.9, 0.99, 1e-7, 0.1, warmUp), (t, y, g) -> {
            double gamma =
                    0.02 * Math.sqrt(1 - Math.pow(0.99, t)) * (warmUp == 0 ? 1 : Math.min(1, t / (double) warmUp));
            squares[0] += gamma * gamma;
            double c = gamma * gamma / squares[0];
            return each(g.length, i -> {
                v[i] = 0.99 * v[i] + 0.01 * g[i] * g[i];
                z[i] -= gamma * g[i] / (Math.sqrt(v[i]) + 1e-7) + gamma * 0.1 * y[i];
                x[i] = (1 - c) * x[i] + c * z[i];
                return y[i] - (0.1 * z[i] + 0.9 * x[i]);
            });
        });
    }

    /** Zhang et al. 2019, algorithm 1, around momentum in Keras' form. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void lookahead(String backend) {
        double[] v = new double[START.length];
        double[] slow = each(START.length, i -> START[i]);
        check(
                backend,
                new Lookahead(new SGD(0.03).momentum(0.9), 6, 0.4),
                (t, theta, g) -> each(g.length, i -> {
                    v[i] = 0.9 * v[i] - 0.03 * g[i];
                    if (t % 6 != 0) {
                        return -v[i];
                    }
                    slow[i] += 0.4 * (theta[i] + v[i] - slow[i]);
                    return theta[i] - slow[i];
                }));
    }

    @Test
    void lookaheadRefusesWhatIsOutOfRange() {
        Rule averaging = new ScheduleFreeAdamW(1);
        assertThrows(IllegalArgumentException.class, () -> new Lookahead(averaging));
        assertThrows(IllegalArgumentException.class, () -> new Lookahead(new SGD(1), 0, 0.5));
        assertThrows(IllegalArgumentException.class, () -> new Lookahead(new SGD(1), 5, 0));
        assertThrows(IllegalArgumentException.class, () -> new Lookahead(new SGD(1), 5, 1.1));
    }

    /**
     * A rule as a user writes one, with matrix products: a step of Newton and Schulz towards an orthogonal gradient.
     */
    private record Orthogonal(double learningRate) implements Rule {
        @Override
        public Value direction(GraphBuilder graph, Value parameter, Value gradient, List<Value> averages) {
            Value small = graph.linear(gradient, 0.1f, 0);
            Value gram = graph.apply(new MatMul(false, true), small, small);
            return graph.add(graph.linear(small, 1.5f, 0), graph.linear(graph.matmul(gram, small), -0.5f, 0));
        }

        @Override
        public List<Assignment> assignments() {
            return List.of(Expression.PARAMETER.becomes(
                    Expression.PARAMETER.minus(Expression.RATE.times(Expression.GRADIENT))));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void aRuleMayAddToTheGraph(String backend) {
        check(backend, new Orthogonal(0.2).emaMomentum(0.9), (_, _, g) -> {
            double factor = 1.5 - 0.5 * Math.pow(0.1 * norm(g), 2);
            return each(g.length, i -> 0.2 * factor * 0.1 * g[i]);
        });
    }
}
