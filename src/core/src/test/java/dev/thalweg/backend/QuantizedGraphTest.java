package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedConvolution;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.model.Padding;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A network of floats, quantized by the ranges that the reference sees, against itself in floats. */
class QuantizedGraphTest {
    private static final int FILTERS = 16;

    private static Value convolution(GraphBuilder g, Value source, String name) {
        return g.convolution(
                source,
                g.parameter(name, Shape.of(FILTERS, source.shape().dim(1), 3, 3)),
                g.parameter(name + ".bias", Shape.of(FILTERS)),
                Padding.SAME.resolve(Window.square(3), 9, 8),
                1);
    }

    /** A stem, a residual block of two convolutions, and a pooling. */
    private static Value network(GraphBuilder g) {
        Value stem = g.eltwise(Eltwise.Kind.RELU, convolution(g, g.input("x", Shape.of(4, 3, 9, 8)), "stem"));
        Value inner = g.eltwise(Eltwise.Kind.RELU, convolution(g, stem, "inner"));
        return g.globalAveragePooling(g.eltwise(Eltwise.Kind.RELU, g.add(convolution(g, inner, "last"), stem)));
    }

    private static Map<Value, double[]> random(Graph graph) {
        Random random = new Random(11);
        return GraphRun.given(graph, value -> {
            double deviation = graph.inputs().contains(value) ? 1 : 0.1;
            return GraphRun.numbers(value, _ -> (float) (random.nextGaussian() * deviation));
        });
    }

    private static Map<String, Quantization> calibrated(Map<String, Value> quantizable, Map<Value, double[]> seen) {
        Map<String, Quantization> activations = new HashMap<>();
        quantizable.forEach((name, value) -> {
            DoubleSummaryStatistics range = Arrays.stream(seen.get(value)).summaryStatistics();
            activations.put(name, Quantization.unsigned((float) range.getMin(), (float) range.getMax()));
        });
        return activations;
    }

    static Stream<BackendChoice> backends() {
        return Stream.of(BackendChoice.JAVA, BackendChoice.ONEDNN);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aQuantizedNetworkComputesAboutTheSame(BackendChoice choice) {
        GraphBuilder g = new GraphBuilder();
        Value result = network(g);
        Passes.beforeGradients(g, List.of(result), false);
        Graph floats = g.build("floats", List.of(result));
        Map<Value, double[]> given = random(floats);
        Map<Value, double[]> seen = Reference.evaluate(floats, given);
        Map<String, Value> quantizable = Passes.quantizable(g);
        assertEquals(List.of("stem", "inner", "last", "last summand"), List.copyOf(quantizable.keySet()));
        Passes.quantize(g, List.of(result), calibrated(quantizable, seen));
        Graph integers = g.build("integers", List.of(result));
        assertEquals(0, integers.nodes(Convolution.class).size());
        // Of what is read by convolutions nothing is left but bytes; the last one's result is pooled, as floats.
        assertEquals(
                List.of(DataType.UINT8, DataType.UINT8, DataType.FLOAT32),
                integers.nodes(QuantizedConvolution.class).stream()
                        .map(n -> n.output().type())
                        .toList());
        try (Backend backend = Backends.open(choice, Threads.of(2))) {
            float[] got = GraphRun.run(backend, integers, given).get(result);
            double error = distance(seen.get(result), got);
            double norm = distance(seen.get(result), new float[got.length]);
            // A step of 1/64 of a filter's greatest weight, thrice, and means over 72 pixels: about a hundredth.
            assertTrue(error <= 0.02 * norm, error + " of " + norm);
            assertTrue(error > 0);
            // The same in double: where a number falls to another integer, by one step of many.
            double[] same = Reference.evaluate(integers, given).get(result);
            double apart = distance(same, got);
            assertTrue(apart <= 0.001 * norm, apart + " of " + norm);
        }
    }

    /** What the last convolution yields is nowhere in the graph, since it adds the stem to it at once. */
    @Test
    void aResultIsShownBeforeAnythingIsAddedToIt() {
        GraphBuilder g = new GraphBuilder();
        Value mean = network(g);
        Passes.beforeGradients(g, List.of(mean), false);
        Value stem = Passes.quantizable(g).get("inner");
        Map<String, Value> results = Passes.results(g);
        assertEquals(Set.of("last result"), results.keySet());
        Value result = results.get("last result");
        Graph graph = g.build("results", List.of(mean, stem, result));
        Map<Value, double[]> seen = Reference.evaluate(graph, random(graph));
        int pixels = 9 * 8;
        for (int i = 0; i < mean.shape().elements(); i++) {
            double sum = 0;
            for (int pixel = i * pixels; pixel < (i + 1) * pixels; pixel++) {
                sum += Math.max(0, seen.get(stem)[pixel] + seen.get(result)[pixel]);
            }
            assertEquals(seen.get(mean)[i], sum / pixels, 1e-9);
        }
    }

    /** The range of a summand is that of the convolution that makes it. */
    @Test
    void aSumOfAKnownResultIsKeptAsBytes() {
        for (boolean known : List.of(false, true)) {
            GraphBuilder g = new GraphBuilder();
            Value stem = g.eltwise(Eltwise.Kind.RELU, convolution(g, g.input("x", Shape.of(4, 3, 9, 8)), "stem"));
            Value shortcut = convolution(g, stem, "shortcut");
            Value sum = g.add(convolution(g, stem, "main"), shortcut);
            Value end = convolution(g, sum, "end");
            Passes.beforeGradients(g, List.of(end), false);
            Quantization any = new Quantization(DataType.UINT8, 0.1f, 100);
            Map<String, Quantization> activations = new HashMap<>(Map.of("shortcut", any, "main", any, "end", any));
            if (known) {
                activations.put("shortcut result", any);
            }
            Passes.quantize(g, List.of(end), activations);
            assertEquals(
                    known ? DataType.UINT8 : DataType.FLOAT32,
                    g.build("sum", List.of(end)).nodes(QuantizedConvolution.class).stream()
                            .filter(n ->
                                    ((QuantizedConvolution) n.op()).postOps().sum())
                            .findFirst()
                            .orElseThrow()
                            .output()
                            .type());
        }
    }

    private static double distance(double[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }
}
