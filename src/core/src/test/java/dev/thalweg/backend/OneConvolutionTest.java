package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The one convolution of a graph that predicts, and an inner product that takes its result in whatever layout. */
class OneConvolutionTest {
    /** By the root of how many numbers are added up, as rounding grows; a number misplaced is apart by that root. */
    private static final double TOLERANCE = 1e-4;

    private static final int SEED = 5;

    @AutoClose
    private static final BothBackends BACKENDS = BothBackends.open();

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
        Map<Value, double[]> given = GraphRun.random(graph, SEED, -1, 1);
        assertArrayEquals(
                GraphRun.run(BACKENDS.java(), graph, given).get(result),
                GraphRun.run(BACKENDS.onednn(), graph, given).get(result),
                (float) (TOLERANCE * Math.sqrt(length)));
    }
}
