package dev.thalweg.backend.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A way that is asked for computes, where it can: other tests compare what ways compute. */
class ForcedWaysTest {
    private static final Set<String> KNOWN = Set.of("convolution", "join", "part", "unfold", "matmul", "winograd");

    @AfterEach
    void clear() {
        System.clearProperty(ConvolutionChoice.PROPERTY);
    }

    @ParameterizedTest
    @CsvSource({
        "direct, 1, convolution, convolution, convolution",
        "fold, 1, convolution join part, convolution join part, convolution join",
        "product, 1, matmul unfold, matmul unfold, matmul unfold",
        "winograd, 1, matmul winograd, matmul winograd, matmul winograd",
        "fold, 2, convolution, convolution, convolution",
        "winograd, 2, convolution, convolution, convolution",
        // The gradient of a source cannot be computed as a product.
        "product, 2, matmul unfold, convolution, matmul unfold"
    })
    void itComputes(String way, int stride, String forward, String backwardData, String backwardWeights) {
        System.setProperty(ConvolutionChoice.PROPERTY, way);
        Window window = Window.square(3).stride(stride).padding(1, 1, 1, 1);
        Shape source = Shape.of(4, 16, 8, 8);
        Shape weights = Shape.of(16, 16, 3, 3);
        Shape result = Shape.of(4, 16, window.outputHeight(8), window.outputWidth(8));
        assertComputes(
                forward,
                builder -> builder.apply(
                        new Convolution(window, 1),
                        builder.input("source", source),
                        builder.parameter("weights", weights)));
        assertComputes(
                backwardData,
                builder -> builder.apply(
                        new ConvolutionBackwardData(window, 1, source),
                        builder.input("gradient", result),
                        builder.parameter("weights", weights)));
        assertComputes(
                backwardWeights,
                builder -> builder.apply(
                        new ConvolutionBackwardWeights(window, 1, weights, false),
                        builder.input("source", source),
                        builder.input("gradient", result)));
    }

    private static void assertComputes(String expected, Function<GraphBuilder, Value> convolution) {
        GraphBuilder builder = new GraphBuilder();
        Graph graph = builder.build("convolution", List.of(convolution.apply(builder)));
        try (ListingBackend backend = new ListingBackend(1);
                Parameters parameters = backend.newParameters(
                        graph.parameters().stream().collect(Collectors.toMap(Value::name, Value::shape)));
                Executable _ = backend.compile(graph, parameters)) {
            Set<String> kinds = backend.lines().stream()
                    .flatMap(line -> Stream.of(line.toLowerCase(Locale.ROOT).split("[^a-z]+")))
                    .filter(KNOWN::contains)
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(expected, String.join(" ", kinds), () -> String.join("\n", backend.lines()));
        }
    }
}
