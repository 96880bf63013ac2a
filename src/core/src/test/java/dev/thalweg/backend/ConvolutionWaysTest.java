package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
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

    private record Case(
            int pictures,
            int channels,
            int filters,
            int height,
            int width,
            Window window,
            boolean bias,
            PostOps postOps,
            int threads) {}

    private static Stream<Case> cases() {
        Random random = new Random(20);
        List<Case> cases = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Window window = Window.square(3)
                    .padding(random.nextInt(3), random.nextInt(3), random.nextInt(3), random.nextInt(3));
            cases.add(new Case(
                    1 + random.nextInt(3),
                    1 + random.nextInt(40),
                    1 + random.nextInt(40),
                    3 + random.nextInt(17),
                    3 + random.nextInt(17),
                    window,
                    random.nextBoolean(),
                    new PostOps(
                            random.nextBoolean(),
                            random.nextBoolean()
                                    ? Optional.of(new Eltwise(Eltwise.Kind.RELU, 0, 0))
                                    : Optional.empty()),
                    1 + random.nextInt(3)));
        }
        Window same = Window.square(3).padding(1, 1, 1, 1);
        // Rows of tiles that fall into several strips, the last of them not full.
        cases.add(new Case(1, 96, 33, 5, 70, same, true, PostOps.NONE, 2));
        // Blocks of which the last is not full.
        cases.add(new Case(5, 64, 64, 23, 20, same, true, PostOps.NONE, 2));
        // Several pieces that all threads compute together: kernels are large, tiles many.
        cases.add(new Case(2, 256, 264, 40, 36, same, true, PostOps.NONE, 3));
        return cases.stream();
    }

    @AfterEach
    void clear() {
        System.clearProperty(PROPERTY);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyWayComputesTheSame(Case given) {
        GraphBuilder builder = new GraphBuilder();
        Value source =
                builder.input("source", Shape.of(given.pictures(), given.channels(), given.height(), given.width()));
        Value weights = builder.parameter("weights", Shape.of(given.filters(), given.channels(), 3, 3));
        Shape shape = Shape.of(
                given.pictures(),
                given.filters(),
                given.window().outputHeight(given.height()),
                given.window().outputWidth(given.width()));
        List<Value> inputs = new ArrayList<>(List.of(source, weights));
        if (given.bias()) {
            inputs.add(builder.parameter("bias", Shape.of(given.filters())));
        }
        if (given.postOps().sum()) {
            inputs.add(builder.input("summand", shape));
        }
        Value gradient = builder.input("gradient", shape);
        List<Value> outputs = new ArrayList<>();
        outputs.add(builder.apply(new Convolution(given.window(), 1, given.postOps()), inputs.toArray(Value[]::new)));
        outputs.add(builder.apply(new ConvolutionBackwardData(given.window(), 1, source.shape()), gradient, weights));
        outputs.addAll(builder.applyAll(
                new ConvolutionBackwardWeights(given.window(), 1, weights.shape(), given.bias()), source, gradient));
        Graph graph = builder.build("convolution", outputs);
        Map<Value, double[]> numbers = new HashMap<>();
        Random random = new Random(given.hashCode());
        Stream.concat(graph.inputs().stream(), graph.parameters().stream())
                .forEach(value -> numbers.put(
                        value, random.doubles(value.shape().elements(), -1, 1).toArray()));
        Map<Value, float[]> expected = run(BackendChoice.JAVA, "direct", given, graph, numbers);
        for (String way : List.of("direct", "winograd", "fastest")) {
            Map<Value, float[]> got = run(BackendChoice.ONEDNN, way, given, graph, numbers);
            outputs.forEach(output -> assertClose(expected.get(output), got.get(output), way + ": " + output));
        }
    }

    private static Map<Value, float[]> run(
            BackendChoice choice, String way, Case given, Graph graph, Map<Value, double[]> numbers) {
        System.setProperty(PROPERTY, way);
        try (Backend backend = Backends.open(choice, Threads.of(given.threads()))) {
            return GraphRun.run(backend, graph, numbers);
        }
    }

    private static void assertClose(float[] expected, float[] got, String what) {
        double largest = 0;
        for (float number : expected) {
            largest = Math.max(largest, Math.abs(number));
        }
        for (int i = 0; i < expected.length; i++) {
            int at = i;
            assertEquals(expected[i], got[i], TOLERANCE * largest, () -> what + " at " + at);
        }
    }

    @Test
    void anotherWordIsRefused() {
        System.setProperty(PROPERTY, "fast");
        GraphBuilder builder = new GraphBuilder();
        Value source = builder.input("source", Shape.of(1, 1, 3, 3));
        Value result = builder.convolution(
                source, builder.parameter("weights", Shape.of(1, 1, 3, 3)), null, Window.square(3), 1);
        Graph graph = builder.build("convolution", List.of(result));
        try (Backend backend = Backends.open(BackendChoice.ONEDNN, Threads.of(1))) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> GraphRun.run(
                                    backend,
                                    graph,
                                    Map.of(
                                            source,
                                            new double[9],
                                            graph.parameters().iterator().next(),
                                            new double[9])))
                    .getMessage();
            assertTrue(
                    message.contains("thalweg.convolution is \"fast\": expected fastest, direct, winograd"), message);
        }
    }
}
