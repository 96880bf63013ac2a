package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one convolution of a graph that predicts, and an inner product that takes its result in whatever layout. */
class OneConvolutionTest {
    /** By the root of how many numbers are added up, as rounding grows; a number misplaced is apart by that root. */
    private static final double TOLERANCE = 1e-4;

    private static final int SEED = 5;

    @ParameterizedTest
    @CsvSource({
        "1, 1, 8, 6, 3, 1, 10",
        "1, 3, 32, 32, 3, 1, 10",
        "3, 3, 16, 9, 3, 2, 5",
        "2, 4, 20, 7, 5, 1, 33",
        "2, 5, 16, 7, 3, 1, 10",
        "1, 3, 1, 5, 1, 1, 10",
        "4, 2, 24, 6, 1, 1, 1",
        "1, 3, 7, 8, 7, 1, 4"
    })
    void backendsAgree(int batch, int channels, int filters, int pixels, int kernel, int stride, int units) {
        GraphBuilder builder = new GraphBuilder();
        Value pictures = builder.input("pictures", Shape.of(batch, channels, pixels, pixels));
        Value kernels = builder.parameter("kernels", Shape.of(filters, channels, kernel, kernel));
        Value bias = builder.parameter("bias", Shape.of(filters));
        Value convolved = builder.convolution(
                pictures,
                kernels,
                bias,
                Window.square(kernel).stride(stride).padding(kernel / 2, kernel / 2, kernel / 2, kernel / 2),
                1);
        int length = Shape.extent(convolved.shape().elements() / batch);
        Value flat = builder.reshape(convolved, Shape.of(batch, length));
        Value result = builder.innerProduct(
                flat,
                builder.parameter("weights", Shape.of(units, length)),
                builder.parameter("shift", Shape.of(units)));
        Graph graph = builder.build("one convolution", List.of(result));
        Random random = new Random(SEED);
        Map<Value, double[]> numbers = new HashMap<>();
        Stream.concat(graph.inputs().stream(), graph.parameters().stream())
                .forEach(value -> numbers.put(
                        value, random.doubles(value.shape().elements(), -1, 1).toArray()));
        float[] expected = run(BackendChoice.JAVA, graph, numbers);
        assertArrayEquals(expected, run(BackendChoice.ONEDNN, graph, numbers), (float) (TOLERANCE * Math.sqrt(length)));
    }

    private static float[] run(BackendChoice choice, Graph graph, Map<Value, double[]> numbers) {
        try (Backend backend = Backends.open(choice, Threads.of(2))) {
            return GraphRun.run(backend, graph, numbers).get(graph.outputs().getFirst());
        }
    }
}
