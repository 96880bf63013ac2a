package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.graph.Cast;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.OutputKind;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedConvolution;
import dev.thalweg.graph.QuantizedInnerProduct;
import dev.thalweg.graph.Value;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ready-made networks, quantized by the ranges that random pictures take in them, against themselves in floats. */
class QuantizedNetworksTest {
    private static final int BATCH = 2;
    private static final Shape PICTURE = Shape.of(3, 32, 32);

    @AutoClose
    private static final BothBackends BACKENDS = BothBackends.open();

    /**
     * A network and what conversions are left in it.
     *
     * @param name what it is called
     * @param network itself
     * @param quantized how many activations are made bytes of, floats before
     * @param dequantized how many are made floats of, bytes before
     */
    private record Case(String name, Network network, int quantized, int dequantized) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                // Pictures, and what is pooled before the head, become bytes; the last block's sum is of floats.
                new Case("resnet18", Networks.resnet18(PICTURE, 10), 2, 1),
                // Two shortcuts are filled up with channels of zeros, as floats.
                new Case("resnet20", Networks.resnetCifar(PICTURE, 10, 20), 4, 3),
                new Case("vgg", Networks.vgg(PICTURE, 10, 1, 1, 2), 2, 0),
                new Case("mobilenet", Networks.mobileNetV2Cifar(PICTURE, 10), 2, 0),
                // What is normalized, and what attention yields, in each of two blocks.
                new Case("vit", Networks.visionTransformer(PICTURE, 10, 8, 32, 2, 2), 8, 0));
    }

    /** A network in inference, before it is quantized. */
    private static final class Forward {
        final GraphBuilder builder = new GraphBuilder();
        final Value pictures;
        final List<Value> logits;

        Forward(Network network, int batch) {
            pictures = builder.input("pictures", network.input().batched(batch));
            Value probabilities =
                    network.build(builder, List.of(pictures), false, _ -> false).getFirst();
            logits = List.of(
                    builder.logits(probabilities, OutputKind.PROBABILITIES).orElseThrow());
            Passes.beforeGradients(builder, logits, false);
        }

        Graph graph(String name) {
            return builder.build(name, logits);
        }
    }

    private static Map<Value, double[]> given(Network network, Graph graph) {
        Map<String, float[]> weights = network.initialWeights(1);
        Random random = new Random(2);
        return GraphRun.given(graph, value -> {
            if (graph.inputs().contains(value)) {
                return GraphRun.numbers(value, _ -> (float) random.nextGaussian());
            }
            float[] numbers = weights.get(value.name());
            // Of normalizations: positive, for they may be variances, and each another.
            return value.shape().rank() == 1
                    ? GraphRun.numbers(value, i -> (float) Math.abs(numbers[i] + 0.1 * random.nextGaussian()))
                    : GraphRun.numbers(value, i -> numbers[i]);
        });
    }

    private static Map<String, Quantization> calibrated(Network network) {
        Forward forward = new Forward(network, BATCH);
        Map<String, Value> quantizable = Passes.quantizable(forward.builder);
        Graph graph = forward.builder.build("calibration", quantizable.values());
        Map<Value, float[]> seen = GraphRun.run(BACKENDS.onednn(), graph, given(network, graph));
        Map<String, Quantization> activations = new HashMap<>();
        quantizable.forEach((name, value) -> {
            float[] numbers = seen.get(value).clone();
            Arrays.sort(numbers);
            activations.put(name, Quantization.unsigned(numbers[0], numbers[numbers.length - 1]));
        });
        return activations;
    }

    private static float[] run(Backend backend, Network network, Graph graph) {
        return GraphRun.run(backend, graph, given(network, graph))
                .get(graph.outputs().getFirst());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void predictionsStayAboutTheSameOnBothBackends(Case test) {
        Forward floats = new Forward(test.network, BATCH);
        Forward integers = new Forward(test.network, BATCH);
        Passes.quantize(integers.builder, integers.logits, calibrated(test.network));
        Graph graph = integers.graph("integers");
        assertEquals(List.of(), graph.nodes(Convolution.class));
        assertEquals(List.of(), graph.nodes(InnerProduct.class));
        float[] want = run(BACKENDS.onednn(), test.network, floats.graph("floats"));
        float[] got = run(BACKENDS.onednn(), test.network, graph);
        float[] other = run(BACKENDS.java(), test.network, graph);
        double lost = distance(want, got) / distance(want, new float[want.length]);
        // A 64th of the greatest weight and a 255th of the greatest activation, some twenty times.
        assertTrue(lost <= 0.12, "lost " + lost);
        // Where a result falls just between two integers, floats added in another order may fall to the other one; all
        // that follows from that is less than what the integers lose.
        double apart = distance(got, other);
        assertTrue(apart <= distance(want, got), apart + " apart, " + distance(want, got) + " lost");
        assertEquals(test.quantized, casts(graph, DataType.UINT8));
        assertEquals(test.dequantized, back(graph));
    }

    private static int casts(Graph graph, DataType to) {
        return (int) graph.nodes(Cast.class).stream()
                .filter(n -> n.output().type() == to)
                .count();
    }

    private static int back(Graph graph) {
        return (int) graph.nodes(Cast.class).stream()
                .filter(n -> n.input(0).type() == DataType.UINT8)
                .count();
    }

    private static double distance(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(sum);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesAreTheSameWhateverTheBatch(Case test) {
        assertEquals(
                List.copyOf(
                        Passes.quantizable(new Forward(test.network, 1).builder).keySet()),
                List.copyOf(
                        Passes.quantizable(new Forward(test.network, 7).builder).keySet()));
    }

    @Test
    void onlyWhatIsNamedComputesInIntegers() {
        Network network = Networks.cnn2(Shape.of(1, 28, 28), 10);
        Map<String, Quantization> activations = calibrated(network);
        List<String> names = new ArrayList<>(
                Passes.quantizable(new Forward(network, 1).builder).keySet());
        Forward forward = new Forward(network, 1);
        Passes.quantize(forward.builder, forward.logits, Map.of(names.get(1), activations.get(names.get(1))));
        Graph graph = forward.graph("one");
        List<Node> integers = new ArrayList<>(graph.nodes(QuantizedConvolution.class));
        integers.addAll(graph.nodes(QuantizedInnerProduct.class));
        assertEquals(1, integers.size());
        assertEquals(
                names.size() - 1,
                graph.nodes(Convolution.class).size()
                        + graph.nodes(InnerProduct.class).size());
    }

    @Test
    void anUnknownNameIsRefused() {
        Forward forward = new Forward(Networks.cnn2(Shape.of(1, 28, 28), 10), 1);
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> Passes.quantize(
                        forward.builder,
                        forward.logits,
                        Map.of("conv9.weight", new Quantization(DataType.UINT8, 1, 0))));
        assertTrue(thrown.getMessage().contains("conv9.weight"), thrown.getMessage());
    }
}
