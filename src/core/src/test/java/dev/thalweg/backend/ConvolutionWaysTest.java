package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to compute convolutions beside the plain loops of the Java backend, in all directions. */
class ConvolutionWaysTest {
    private static final String PROPERTY = "thalweg.convolution";

    /**
     * Of the largest result. A float's rounding is 6e-8 of a number; Winograd's transforms multiply numbers by up to 8
     * and add them with other signs, so that a result is a small difference of numbers some ten times as large in each
     * of two directions: 100 · 6e-8, with room for sums of 400 terms.
     */
    private static final double TOLERANCE = 3e-5;

    /**
     * Of the largest result: a bfloat16's last bit, since what comes in is such numbers and sums are 32 bits wide.
     */
    private static final double SHORT_TOLERANCE = 4e-3;

    private static final int SEED = 20;

    private record Case(
            int pictures,
            int channels,
            int filters,
            int height,
            int width,
            Window window,
            boolean bias,
            PostOps postOps,
            int threads) {
        Shape source() {
            return Shape.of(pictures, channels, height, width);
        }

        Shape weights() {
            return Shape.of(filters, channels, window.kernelHeight(), window.kernelWidth());
        }

        Shape result() {
            return Shape.of(pictures, filters, window.outputHeight(height), window.outputWidth(width));
        }
    }

    private static Stream<Case> cases() {
        Random random = new Random(SEED);
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Window window = Window.square(3)
                    .padding(random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3));
            cases.add(random(random, window, 1 + random.nextInt(3), 1 + random.nextInt(40)));
        }
        for (int i = 0; i < 30; i++) {
            int kernel = 1 + random.nextInt(3);
            int dilation = 1 + random.nextInt(2);
            int reach = (kernel - 1) * dilation;
            int top = random.nextInt(reach + 1);
            int left = random.nextInt(reach + 1);
            Window window = Window.square(kernel)
                    .dilation(dilation)
                    .stride(random.nextInt(4) == 0 ? 2 : 1)
                    .padding(top, reach - top, left, reach - left);
            cases.add(random(random, window, 1 + random.nextInt(12), 8 * (1 + random.nextInt(5))));
        }
        Window same = Window.square(3).padding(1, 1, 1, 1);
        // Rows of tiles that fall into several strips, the last of them not full.
        cases.add(new Case(1, 96, 33, 5, 70, same, true, PostOps.NONE, 2));
        // Blocks of which the last is not full.
        cases.add(new Case(5, 64, 64, 23, 20, same, true, PostOps.NONE, 2));
        // Several sections that all threads compute together: kernels are large, tiles many.
        cases.add(new Case(2, 256, 264, 40, 36, same, true, PostOps.NONE, 3));
        // What AMX computes in other ways than directly.
        cases.add(new Case(8, 256, 264, 4, 4, same, false, PostOps.NONE, 2));
        cases.add(new Case(8, 256, 264, 8, 8, same, false, PostOps.NONE, 2));
        return cases.stream();
    }

    private static Case random(Random random, Window window, int pictures, int channels) {
        return new Case(
                pictures,
                channels,
                1 + random.nextInt(40),
                3 + random.nextInt(17),
                3 + random.nextInt(17),
                window,
                random.nextBoolean(),
                new PostOps(
                        random.nextBoolean(),
                        random.nextBoolean() ? Optional.of(new Eltwise(Eltwise.Kind.RELU, 0, 0)) : Optional.empty()),
                1 + random.nextInt(3));
    }

    @AfterEach
    void clear() {
        System.clearProperty(PROPERTY);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyWayComputesTheSame(Case given) {
        Graph graph = graph(given, DataType.FLOAT32);
        Map<String, double[]> numbers = numbers(graph);
        List<float[]> expected = run(BackendChoice.JAVA, "direct", given, graph, numbers);
        for (String way : List.of("direct", "fold", "product", "winograd", "fastest")) {
            assertClose(expected, run(BackendChoice.ONEDNN, way, given, graph, numbers), TOLERANCE, way);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyWayComputesTheSameOfShortNumbers(Case given) {
        try (Backend backend = Backends.open(BackendChoice.ONEDNN, Threads.of(1))) {
            assumeTrue(backend.computesIn(DataType.BFLOAT16), "this CPU has no bfloat16 instructions");
        }
        Graph plain = graph(given, DataType.FLOAT32);
        Map<String, double[]> numbers = numbers(plain);
        // Eight bits, so that they are the same in both types.
        numbers.values().forEach(all -> Arrays.setAll(all, i -> Math.rint(all[i] * 128) / 128));
        List<float[]> expected = run(BackendChoice.JAVA, "direct", given, plain, numbers);
        Graph graph = graph(given, DataType.BFLOAT16);
        for (String way : List.of("direct", "fold", "product", "winograd", "fastest")) {
            assertClose(expected, run(BackendChoice.ONEDNN, way, given, graph, numbers), SHORT_TOLERANCE, way);
        }
    }

    /** All directions of a convolution, computed in a type; what goes in and out is 32 bits wide. */
    private static Graph graph(Case given, DataType type) {
        GraphBuilder builder = new GraphBuilder();
        UnaryOperator<Value> cast = value -> value.type() == type ? value : builder.cast(value, type);
        Value source = cast.apply(builder.input("source", given.source()));
        Value weights = cast.apply(builder.parameter("weights", given.weights()));
        List<Value> inputs = new ArrayList<>(List.of(source, weights));
        if (given.bias()) {
            inputs.add(builder.parameter("bias", Shape.of(given.filters())));
        }
        if (given.postOps().sum()) {
            inputs.add(cast.apply(builder.input("summand", given.result())));
        }
        Value gradient = cast.apply(builder.input("gradient", given.result()));
        List<Value> outputs = new ArrayList<>();
        outputs.add(builder.apply(new Convolution(given.window(), 1, given.postOps()), inputs.toArray(Value[]::new)));
        outputs.add(builder.apply(new ConvolutionBackwardData(given.window(), 1, given.source()), gradient, weights));
        outputs.addAll(builder.applyAll(
                new ConvolutionBackwardWeights(given.window(), 1, given.weights(), given.bias()), source, gradient));
        return builder.build(
                "convolution",
                outputs.stream()
                        .map(value -> value.type() == DataType.FLOAT32 ? value : builder.cast(value, DataType.FLOAT32))
                        .toList());
    }

    private static Map<String, double[]> numbers(Graph graph) {
        Map<String, double[]> numbers = new HashMap<>();
        GraphRun.random(graph, SEED, -1, 1).forEach((value, some) -> numbers.put(value.name(), some));
        return numbers;
    }

    private static List<float[]> run(
            BackendChoice choice, String way, Case given, Graph graph, Map<String, double[]> numbers) {
        System.setProperty(PROPERTY, way);
        Map<Value, double[]> values = GraphRun.given(graph, value -> numbers.get(value.name()));
        try (Backend backend = Backends.open(choice, Threads.of(given.threads()))) {
            Map<Value, float[]> results = GraphRun.run(backend, graph, values);
            return graph.outputs().stream().map(results::get).toList();
        }
    }

    private static void assertClose(List<float[]> expected, List<float[]> got, double tolerance, String way) {
        for (int i = 0; i < expected.size(); i++) {
            assertClose(expected.get(i), got.get(i), tolerance, way + ": output " + i);
        }
    }

    private static void assertClose(float[] expected, float[] got, double tolerance, String what) {
        double largest = 0;
        for (float number : expected) {
            largest = Math.max(largest, Math.abs(number));
        }
        for (int i = 0; i < expected.length; i++) {
            int at = i;
            assertEquals(expected[i], got[i], tolerance * largest, () -> what + " at " + at);
        }
    }

    @Test
    void anotherWordIsRefused() {
        System.setProperty(PROPERTY, "fast");
        String message = assertThrows(
                        IllegalArgumentException.class, () -> Backends.open(BackendChoice.ONEDNN, Threads.of(1)))
                .getMessage();
        assertTrue(
                message.contains("thalweg.convolution is \"fast\": expected fastest, direct, fold, product, winograd"),
                message);
    }
}
