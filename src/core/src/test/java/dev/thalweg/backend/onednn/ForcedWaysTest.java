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
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
        "direct, 1, convolution",
        "fold, 1, convolution join part",
        "product, 1, matmul unfold",
        "winograd, 1, matmul winograd",
        "fold, 2, convolution",
        "winograd, 2, convolution",
        // The gradient of a source cannot be computed as a product.
        "product, 2, convolution matmul unfold"
    })
    void itComputes(String way, int stride, String expected) {
        System.setProperty(ConvolutionChoice.PROPERTY, way);
        Window window = Window.square(3).stride(stride).padding(1, 1, 1, 1);
        Shape source = Shape.of(4, 16, 8, 8);
        Shape weights = Shape.of(16, 16, 3, 3);
        Shape result = Shape.of(4, 16, window.outputHeight(8), window.outputWidth(8));
        GraphBuilder builder = new GraphBuilder();
        Value pictures = builder.input("source", source);
        Value kernels = builder.parameter("weights", weights);
        Value gradient = builder.input("gradient", result);
        Graph graph = builder.build(
                "convolution",
                List.of(
                        builder.apply(new Convolution(window, 1), pictures, kernels),
                        builder.apply(new ConvolutionBackwardData(window, 1, source), gradient, kernels),
                        builder.apply(new ConvolutionBackwardWeights(window, 1, weights, false), pictures, gradient)));
        try (ListingBackend backend = new ListingBackend(1);
                Parameters parameters = backend.newParameters(Map.of("weights", weights));
                Executable _ = backend.compile(graph, parameters)) {
            Set<String> kinds = backend.lines().stream()
                    .flatMap(line -> Stream.of(line.toLowerCase(Locale.ROOT).split("[^a-z]+")))
                    .filter(KNOWN::contains)
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(expected, String.join(" ", kinds), () -> String.join("\n", backend.lines()));
        }
    }
}
