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

/** Slices and concatenations of what a convolution leaves in a layout of its own, beside plain numbers. */
class ConcatLayoutsTest {
    /** Of numbers below 100: sums of some hundred products of such as lie between -1 and 1. */
    private static final float TOLERANCE = 1e-4f;

    private static final int SEED = 3;

    @ParameterizedTest
    @CsvSource({"96, 2", "48, 4", "24, 8", "64, 7", "16, 5", "32, 16"})
    void zerosStandBesideAConvolutionsGradient(int channels, int pixels) {
        Shape shape = Shape.of(3, channels, pixels, pixels);
        GraphBuilder builder = new GraphBuilder();
        Value zeros = builder.constant(0, shape);
        Value second = convolved(builder, builder.input("gradient", shape));
        Value first = builder.input("other", shape);
        check(
                builder,
                builder.binary(
                        Binary.Kind.ADD,
                        builder.concat(1, List.of(zeros, second)),
                        builder.concat(1, List.of(first, zeros))));
    }

    /** As ShuffleNet's pictures go: half of them past a convolution that the others go through. */
    @ParameterizedTest
    @CsvSource({"96, 2", "48, 4", "24, 8", "64, 7", "16, 5", "32, 16"})
    void halfOfAPictureGoesPastAConvolution(int channels, int pixels) {
        GraphBuilder builder = new GraphBuilder();
        Value pictures = builder.input("pictures", Shape.of(3, 2 * channels, pixels, pixels));
        Value past = builder.slice(pictures, 1, 0, channels);
        Value through = convolved(builder, builder.slice(pictures, 1, channels, channels));
        check(builder, builder.concat(1, List.of(past, through, convolved(builder, past))));
    }

    private static Value convolved(GraphBuilder builder, Value gradient) {
        int channels = gradient.shape().dim(1);
        Value weights = builder.parameter("weights of " + gradient, Shape.of(channels, channels, 1, 1));
        return builder.apply(new ConvolutionBackwardData(Window.square(1), 1, gradient.shape()), gradient, weights);
    }

    private static void check(GraphBuilder builder, Value result) {
        Graph graph = builder.build("halves", List.of(result));
        Random random = new Random(SEED);
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
