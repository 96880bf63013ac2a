package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Java backend's gradient at a convolution's weights and bias beside its definition, summed in double. */
class WeightsGradientTest {
    /**
     * For each product, of which none is above 1. Products are added in eights as floats, which round by 6e-8 of the
     * sum so far, and at least every 1,500 or so the sum is added to a double: some 200 roundings of a sum that grows,
     * of which a third is 4e-6. One product too many or too few in 2,400 is off by a hundred times that.
     */
    private static final double TOLERANCE = 4e-6;

    private record Case(
            int pictures, int channels, int filters, int height, int width, Window window, int groups, int threads) {
        private Shape weights() {
            return Shape.of(filters, channels / groups, window.kernelHeight(), window.kernelWidth());
        }

        private int outputHeight() {
            return window.outputHeight(height);
        }

        private int outputWidth() {
            return window.outputWidth(width);
        }
    }

    private static Stream<Case> cases() {
        Random random = new Random(15);
        List<Case> cases = new ArrayList<>();
        while (cases.size() < 60) {
            Window window = new Window(
                    1 + random.nextInt(4),
                    1 + random.nextInt(4),
                    1 + random.nextInt(3),
                    1 + random.nextInt(3),
                    1 + random.nextInt(2),
                    1 + random.nextInt(2),
                    random.nextInt(4),
                    random.nextInt(4),
                    random.nextInt(4),
                    random.nextInt(4));
            int groups = 1 + random.nextInt(3);
            int height = 1 + random.nextInt(14);
            int width = 1 + random.nextInt(14);
            if (window.extentHeight() <= height + window.padTop() + window.padBottom()
                    && window.extentWidth() <= width + window.padLeft() + window.padRight()) {
                cases.add(new Case(
                        1 + random.nextInt(5),
                        groups * (1 + random.nextInt(20)),
                        groups * (1 + random.nextInt(20)),
                        height,
                        width,
                        window,
                        groups,
                        1 + random.nextInt(3)));
            }
        }
        Window same = Window.square(3).padding(1, 1, 1, 1);
        // A picture that falls into several slabs, with more places than are summed as floats.
        cases.add(new Case(2, 48, 9, 40, 60, same, 1, 2));
        // More filters than are computed at a time, pictures of few places.
        cases.add(new Case(19, 512, 40, 2, 2, same, 1, 2));
        // As many places as there are pictures.
        cases.add(new Case(150, 65, 11, 1, 1, Window.square(1), 1, 3));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsItsDefinition(Case given) {
        GraphBuilder builder = new GraphBuilder();
        Value source =
                builder.input("source", Shape.of(given.pictures(), given.channels(), given.height(), given.width()));
        Value gradient = builder.input(
                "gradient", Shape.of(given.pictures(), given.filters(), given.outputHeight(), given.outputWidth()));
        List<Value> results = builder.applyAll(
                new ConvolutionBackwardWeights(given.window(), given.groups(), given.weights(), true),
                source,
                gradient);
        Graph graph = builder.build("weights gradient", results);
        Map<Value, double[]> numbers = GraphRun.random(graph, given.hashCode(), -1, 1);
        Map<Value, float[]> got;
        try (Backend backend = Backends.open(BackendChoice.JAVA, Threads.of(given.threads()))) {
            got = GraphRun.run(backend, graph, numbers);
        }
        double[] bias = new double[given.filters()];
        double[] weights = sums(given, numbers.get(source), numbers.get(gradient), bias);
        assertClose(weights, got.get(results.get(0)), given);
        assertClose(bias, got.get(results.get(1)), given);
    }

    private static void assertClose(double[] want, float[] got, Case given) {
        double scale = (double) given.pictures() * given.outputHeight() * given.outputWidth();
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], got[i], TOLERANCE * Math.max(1, scale), given + ", element " + i);
        }
    }

    private static double[] sums(Case given, double[] source, double[] gradient, double[] bias) {
        Shape shape = given.weights();
        double[] weights = new double[(int) shape.elements()];
        int channels = shape.dim(1);
        int filters = given.filters() / given.groups();
        int at = 0;
        for (int image = 0; image < given.pictures(); image++) {
            for (int filter = 0; filter < given.filters(); filter++) {
                int firstChannel = image * given.channels() + filter / filters * channels;
                for (int y = 0; y < given.outputHeight(); y++) {
                    for (int x = 0; x < given.outputWidth(); x++, at++) {
                        bias[filter] += gradient[at];
                        add(
                                given,
                                source,
                                firstChannel,
                                y,
                                x,
                                gradient[at],
                                weights,
                                filter * weights.length / given.filters());
                    }
                }
            }
        }
        return weights;
    }

    /** Adds what one place of the output gradient adds to the weights of its filter, which begin at {@code weight}. */
    private static void add(
            Case given, double[] source, int firstChannel, int y, int x, double factor, double[] weights, int weight) {
        Window window = given.window();
        int at = weight;
        for (int channel = 0; channel < given.weights().dim(1); channel++) {
            for (int i = 0; i < window.kernelHeight(); i++) {
                for (int j = 0; j < window.kernelWidth(); j++, at++) {
                    int row = y * window.strideHeight() - window.padTop() + i * window.dilationHeight();
                    int column = x * window.strideWidth() - window.padLeft() + j * window.dilationWidth();
                    if (row >= 0 && row < given.height() && column >= 0 && column < given.width()) {
                        int line = (firstChannel + channel) * given.height() + row;
                        weights[at] += factor * source[line * given.width() + column];
                    }
                }
            }
        }
    }
}
