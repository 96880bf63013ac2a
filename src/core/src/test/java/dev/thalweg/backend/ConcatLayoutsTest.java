package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.ConvolutionBackwardData;
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

/** Gradients of slices: zeros beside what a convolution left in a layout of its own. */
class ConcatLayoutsTest {
    /** Of numbers below 100: sums of some hundred products of such as lie between -1 and 1. */
    private static final float TOLERANCE = 1e-4f;

    @ParameterizedTest
    @CsvSource({"96, 2", "48, 4", "24, 8", "64, 7", "16, 5"})
    void zerosStandBesideAConvolutionsGradient(int channels, int pixels) {
        Window window = Window.square(1);
        Shape shape = Shape.of(3, channels, pixels, pixels);
        GraphBuilder builder = new GraphBuilder();
        Value gradient = builder.input("gradient", shape);
        Value other = builder.input("other", shape);
        Value weights = builder.parameter("weights", Shape.of(channels, channels, 1, 1));
        Value zeros = builder.constant(0, shape);
        Value second = builder.apply(new ConvolutionBackwardData(window, 1, shape), gradient, weights);
        Value sum = builder.binary(
                Binary.Kind.ADD, builder.concat(1, List.of(zeros, second)), builder.concat(1, List.of(other, zeros)));
        Graph graph = builder.build("gradient of slices", List.of(sum));
        Random random = new Random(channels);
        Map<Value, double[]> numbers = new HashMap<>();
        Stream.concat(graph.inputs().stream(), graph.parameters().stream())
                .forEach(value -> numbers.put(
                        value, random.doubles(value.shape().elements(), -1, 1).toArray()));
        assertArrayEquals(
                run(BackendChoice.JAVA, graph, numbers), run(BackendChoice.ONEDNN, graph, numbers), TOLERANCE);
    }

    private static float[] run(BackendChoice choice, Graph graph, Map<Value, double[]> numbers) {
        try (Backend backend = Backends.open(choice, Threads.of(2))) {
            return GraphRun.run(backend, graph, numbers).get(graph.outputs().getFirst());
        }
    }
}
