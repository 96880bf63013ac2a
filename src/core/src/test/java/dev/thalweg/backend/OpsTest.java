package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.fail;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Threads;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operation on both backends against the reference: the result directly, the gradients by central differences of
 * the reference in double.
 */
class OpsTest {
    /**
     * Floats carry 24 bits, so one rounding is off by 6e-8 of the number; the longest sums here have 300 terms of about
     * the result's size, whose roundings add up to a few times sqrt(300) · 6e-8 = 1e-6. A wrong formula is off by far
     * more.
     */
    private static final double TOLERANCE = 1e-5;

    /** Central differences err by h²/6 · f''' (1e-9 here) and by rounding, 1e-16 / h = 1e-11. */
    private static final double STEP = 1e-5;

    /** At most so many elements of a tensor are probed by finite differences, evenly spread. */
    private static final int PROBES = Integer.getInteger("thalweg.test.probes", 100);

    /** Another device to run on than the CPU: {@code gpu:0}. */
    private static final String DEVICE = System.getProperty("thalweg.test.device");

    /** Which cases take part: a regular expression. */
    private static final Pattern CASES = Pattern.compile(System.getProperty("thalweg.test.cases", ".*"));

    private static final List<Backend> BACKENDS = DEVICE != null
            ? List.of(Backends.open(BackendChoice.ONEDNN, Threads.of(2), Device.parse(DEVICE)))
            : List.of(
                    Backends.open(BackendChoice.JAVA, Threads.of(2)),
                    Backends.open(BackendChoice.ONEDNN, Threads.of(2)));

    @AfterAll
    static void close() {
        BACKENDS.forEach(Backend::close);
    }

    @TestFactory
    Stream<DynamicTest> resultsEqualTheReference() {
        return onEachBackend(test -> {
            Graph graph = test.forward();
            Value result = graph.outputs().getFirst();
            Map<Value, double[]> given = random(graph, test, 1);
            double[] want = Reference.evaluate(graph, given).get(result);
            return backend ->
                    assertClose(want, GraphRun.run(backend, graph, given).get(result), result.toString());
        });
    }

    @TestFactory
    Stream<DynamicTest> gradientsEqualFiniteDifferences() {
        return onEachBackend(test -> {
            OpGradients of = OpGradients.of(test);
            List<Value> parameters = of.forward().parameters();
            Map<Value, double[]> given = random(of.forward(), test, 2);
            List<double[]> want = parameters.stream()
                    .map(p -> slopes(of.forward(), of.loss(), given, p))
                    .toList();
            return backend -> {
                Map<Value, float[]> got = GraphRun.run(backend, of.backward(), given);
                for (int p = 0; p < want.size(); p++) {
                    float[] gradient = got.get(of.gradients().get(p));
                    assertClose(want.get(p), probed(gradient), "gradient at " + parameters.get(p));
                }
            };
        });
    }

    /** Odd, that not all elements are of one column of an even number. */
    private static int stride(int length) {
        return Math.ceilDiv(length, PROBES) | 1;
    }

    private static float[] probed(float[] gradient) {
        int stride = stride(gradient.length);
        float[] probed = new float[Math.ceilDiv(gradient.length, stride)];
        for (int i = 0; i < probed.length; i++) {
            probed[i] = gradient[i * stride];
        }
        return probed;
    }

    private static double[] slopes(Graph graph, Value loss, Map<Value, double[]> given, Value parameter) {
        double[] at = given.get(parameter);
        int stride = stride(at.length);
        return IntStream.range(0, Math.ceilDiv(at.length, stride))
                .mapToDouble(i -> slope(graph, loss, given, at, i * stride))
                .toArray();
    }

    private static double slope(Graph graph, Value loss, Map<Value, double[]> given, double[] at, int i) {
        double x = at[i];
        at[i] = x + STEP;
        double above = Reference.evaluate(graph, given).get(loss)[0];
        at[i] = x - STEP;
        double below = Reference.evaluate(graph, given).get(loss)[0];
        at[i] = x;
        return (above - below) / (2 * STEP);
    }

    /** What a case is held to, found out when it is first asked for, once for all backends. */
    private static final class Expected {
        private final OpCase test;
        private final Function<OpCase, Consumer<Backend>> of;
        private Consumer<Backend> check;

        Expected(OpCase test, Function<OpCase, Consumer<Backend>> of) {
            this.test = test;
            this.of = of;
        }

        Consumer<Backend> check() {
            if (check == null) {
                check = of.apply(test);
            }
            return check;
        }
    }

    private static Stream<DynamicTest> onEachBackend(Function<OpCase, Consumer<Backend>> check) {
        return OpCases.all().stream()
                .filter(test -> CASES.matcher(test.toString()).matches())
                .map(test -> new Expected(test, check))
                .flatMap(expected -> BACKENDS.stream()
                        .map(backend -> DynamicTest.dynamicTest(
                                backend.name() + ": " + expected.test,
                                () -> Refusals.run(
                                        expected.test, () -> expected.check().accept(backend)))));
    }

    /** Numbers that a case is for. */
    static Map<Value, double[]> random(Graph graph, OpCase test, long seed) {
        return GraphRun.random(graph, seed, test.low(), test.high());
    }

    static void assertClose(double[] want, float[] got, String what) {
        double scale = 1;
        for (double w : want) {
            scale = Math.max(scale, Math.abs(w));
        }
        for (int i = 0; i < want.length; i++) {
            if (!(Math.abs(want[i] - got[i]) <= TOLERANCE * scale)) {
                fail(what + " element " + i + ": got " + got[i] + ", expected " + want[i] + " within "
                        + TOLERANCE * scale);
            }
        }
    }
}
