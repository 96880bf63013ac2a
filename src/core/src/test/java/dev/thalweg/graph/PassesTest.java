package dev.thalweg.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What each pass makes of a graph. That the numbers stay the same is tested where there are backends. */
class PassesTest {
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.input("x", Shape.of(2, 4, 6, 6));

    private Value convolution(Value source, String weights) {
        return g.convolution(source, g.parameter(weights, Shape.of(4, 4, 1, 1)), null, Window.square(1), 1);
    }

    private Value relu(Value source) {
        return g.eltwise(Eltwise.Kind.RELU, source);
    }

    private Value normalizedByStatistics(Value source, String name) {
        return g.apply(
                new BatchNormalizationInference(1e-3f, false),
                source,
                g.parameter(name + ".scale", Shape.of(4)),
                g.parameter(name + ".shift", Shape.of(4)),
                g.parameter(name + ".mean", Shape.of(4)),
                g.parameter(name + ".variance", Shape.of(4)));
    }

    /** The operations by name, in order. */
    private List<String> ops(Value... outputs) {
        return g.build("test", List.of(outputs)).nodes().stream()
                .map(n -> n.op().getClass().getSimpleName())
                .toList();
    }

    /** What all operations of a kind yield, in order. */
    private static List<DataType> types(Graph graph, Class<? extends Op> kind) {
        return graph.nodes(kind).stream().map(node -> node.output().type()).toList();
    }

    private Graph shortened(List<Value> outputs) {
        return MixedPrecision.apply(g.build("test", outputs), DataType.BFLOAT16);
    }

    @Test
    void anActivationBecomesPartOfWhatItFollows() {
        Value y = relu(g.add(relu(convolution(x, "w")), x));
        Value z = g.eltwise(Eltwise.Kind.TANH, g.innerProduct(g.flatten(y), g.parameter("v", Shape.of(3, 144)), null));
        assertEquals(
                List.of("Convolution", "Eltwise", "Binary", "Eltwise", "Reshape", "InnerProduct", "Eltwise"), ops(z));
        FuseActivation.apply(g, List.of(z), true);
        assertEquals(List.of("Convolution", "Binary", "Reshape", "InnerProduct"), ops(z));
        assertEquals(
                Eltwise.Kind.RELU,
                ((Convolution) g.nodes().getFirst().op())
                        .postOps()
                        .activation()
                        .orElseThrow()
                        .kind());
        assertEquals(
                Eltwise.Kind.TANH,
                ((InnerProduct) g.producer(z).orElseThrow().op())
                        .activation()
                        .orElseThrow()
                        .kind());
    }

    @Test
    void anActivationStaysWhereItsInputIsReadElsewhere() {
        Value y = convolution(x, "w");
        Value z = g.add(relu(y), y);
        FuseActivation.apply(g, List.of(z), true);
        assertEquals(List.of("Convolution", "Eltwise", "Binary"), ops(z));
    }

    @Test
    void anActivationStaysWhereItsInputIsAskedFor() {
        Value y = convolution(x, "w");
        Value z = relu(y);
        FuseActivation.apply(g, List.of(y, z), false);
        assertEquals(List.of("Convolution", "Eltwise"), ops(y, z));
    }

    @Test
    void anActivationWhoseGradientNeedsItsInputIsFusedForInferenceOnly() {
        Value y = g.eltwise(Eltwise.Kind.GELU_ERF, convolution(x, "w"));
        FuseActivation.apply(g, List.of(y), true);
        assertEquals(List.of("Convolution", "Eltwise"), ops(y));
        FuseActivation.apply(g, List.of(y), false);
        assertEquals(List.of("Convolution"), ops(y));
        Value loss = g.reduce(Reduction.Kind.SUM, y);
        UnsupportedOperationException e = assertThrows(
                UnsupportedOperationException.class,
                () -> Gradients.of(g, loss, List.of(g.parameter("w", Shape.of(4, 4, 1, 1)))));
        assertTrue(e.getMessage().contains("GELU_ERF"), e.getMessage());
    }

    @Test
    void aReluBecomesPartOfANormalization() {
        List<Value> normalized =
                g.batchNormalization(x, g.parameter("scale", Shape.of(4)), g.parameter("shift", Shape.of(4)), 1e-3f);
        Value y = relu(normalized.getFirst());
        assertEquals(List.of("BatchNormalization", "Eltwise"), ops(y));
        FuseNormalizationRelu.apply(g, List.of(y));
        assertEquals(List.of("BatchNormalization"), ops(y));
    }

    @Test
    void aReluMovesBehindAPooling() {
        Value y = g.pooling(
                Pooling.Kind.MAX, relu(convolution(x, "w")), Window.square(2).stride(2));
        Value z = g.pooling(Pooling.Kind.AVERAGE, relu(convolution(y, "v")), Window.square(3));
        assertEquals(List.of("Convolution", "Eltwise", "Pooling", "Convolution", "Eltwise", "Pooling"), ops(z));
        PoolBeforeRelu.apply(g, List.of(z));
        // Not behind an average, with which it does not commute.
        assertEquals(List.of("Convolution", "Pooling", "Eltwise", "Convolution", "Eltwise", "Pooling"), ops(z));
        assertEquals(y, g.producer(y).orElseThrow().output());
    }

    @Test
    void aReluStaysWhereOthersReadIt() {
        Value y = relu(convolution(x, "w"));
        Value z = g.add(g.pooling(Pooling.Kind.MAX, y, Window.square(3).padding(1, 1, 1, 1)), y);
        PoolBeforeRelu.apply(g, List.of(z));
        assertEquals(List.of("Convolution", "Eltwise", "Pooling", "Binary"), ops(z));
    }

    @Test
    void aNormalizationBecomesPartOfTheConvolutionBeforeIt() {
        Value y = relu(normalizedByStatistics(convolution(x, "w"), "n"));
        assertEquals(List.of("Convolution", "BatchNormalizationInference", "Eltwise"), ops(y));
        FoldNormalization.apply(g, List.of(y));
        FuseActivation.apply(g, List.of(y), false);
        List<String> after = ops(y);
        assertTrue(
                !after.contains("BatchNormalizationInference")
                        && after.getLast().equals("Convolution"),
                after.toString());
        Graph graph = g.build("folded", List.of(y));
        // Nothing but the convolution depends on the input: the rest is computed when parameters change.
        assertEquals(
                1, graph.nodes().stream().filter(n -> n.inputs().contains(x)).count());
        assertEquals(3, graph.nodes().getLast().inputs().size());
    }

    @Test
    void aResidualSumBecomesPartOfTheSecondConvolution() {
        Value a = relu(convolution(x, "a"));
        Value b = relu(convolution(a, "b"));
        Value y = relu(g.add(convolution(b, "c"), a));
        FuseResidualSum.apply(g, List.of(y));
        FuseActivation.apply(g, List.of(y), false);
        assertEquals(List.of("Convolution", "Convolution", "Convolution"), ops(y));
        assertEquals(
                new PostOps(true, Optional.of(new Eltwise(Eltwise.Kind.RELU, 0, 0))),
                ((Convolution) g.producer(y).orElseThrow().op()).postOps());
        assertEquals(a, g.producer(y).orElseThrow().inputs().getLast());
    }

    @Test
    void aConvolutionIsNotAddedToItself() {
        Value a = convolution(x, "a");
        Value y = g.add(a, a);
        FuseResidualSum.apply(g, List.of(y));
        assertEquals(List.of("Convolution", "Binary"), ops(y));
    }

    @Test
    void gradientsAtInputsAreNotComputed() {
        Value y = relu(convolution(x, "a"));
        Value loss = g.reduce(Reduction.Kind.SUM, convolution(y, "b"));
        List<Value> gradients = Gradients.of(
                g, loss, List.of(g.parameter("a", Shape.of(4, 4, 1, 1)), g.parameter("b", Shape.of(4, 4, 1, 1))));
        Map<String, Long> counts = g.build("test", gradients).nodes().stream()
                .collect(Collectors.groupingBy(n -> n.op().getClass().getSimpleName(), Collectors.counting()));
        assertEquals(1, counts.get("ConvolutionBackwardData"));
        assertEquals(2, counts.get("ConvolutionBackwardWeights"));
    }

    @Test
    void shortFloatsReachFromConvolutionToConvolution() {
        Value y = g.pooling(
                Pooling.Kind.MAX, relu(convolution(x, "a")), Window.square(2).stride(2));
        Value logits = g.innerProduct(
                g.flatten(convolution(y, "b")), g.parameter("c", Shape.of(3, 36)), g.parameter("d", Shape.of(3)));
        Value p = g.softmax(logits, 1);
        Graph graph = shortened(List.of(p));
        assertEquals(List.of(x), graph.inputs());
        assertEquals(List.of(p), graph.outputs());
        Map<String, List<DataType>> types = graph.nodes().stream()
                .filter(n -> !(n.op() instanceof Cast))
                .collect(Collectors.groupingBy(
                        n -> n.op().getClass().getSimpleName(),
                        Collectors.mapping(n -> n.output().type(), Collectors.toList())));
        DataType s = DataType.BFLOAT16;
        assertEquals(
                Map.of(
                        "Convolution",
                        List.of(s, s),
                        "Eltwise",
                        List.of(s),
                        "Pooling",
                        List.of(s),
                        "Reshape",
                        List.of(s),
                        "InnerProduct",
                        List.of(DataType.FLOAT32),
                        "Softmax",
                        List.of(DataType.FLOAT32)),
                types);
        // The input and three weights; the bias stays wide.
        assertEquals(
                4, graph.nodes().stream().filter(n -> n.op() instanceof Cast).count());
    }

    private Value dense(Value rows, String name, int units) {
        return g.innerProduct(
                rows,
                g.parameter(name + ".kernel", Shape.of(units, rows.shape().dim(1))),
                g.parameter(name + ".bias", Shape.of(units)));
    }

    /** A block of a transformer: sum, GELU and the products whose results other products read. */
    @Test
    void innerProductsYieldShortFloatsToWhatComputesInThem() {
        Value rows = g.input("rows", Shape.of(6, 8));
        Value normalized =
                g.layerNormalization(rows, g.parameter("scale", Shape.of(8)), g.parameter("shift", Shape.of(8)), 1e-3f);
        Value hidden = g.eltwise(Eltwise.Kind.GELU_ERF, dense(normalized, "first", 16));
        Value sum = g.add(dense(hidden, "second", 8), rows);
        Value logits = dense(sum, "logits", 3);
        Value loss = g.softmaxCrossEntropy(logits, g.input("targets", Shape.of(6, 3)));
        List<Value> gradients = Gradients.of(g, loss, List.of(g.parameter("first.kernel", Shape.of(16, 8))));
        Graph graph = shortened(gradients);
        assertEquals(List.of(DataType.BFLOAT16, DataType.BFLOAT16, DataType.FLOAT32), types(graph, InnerProduct.class));
        assertEquals(List.of(DataType.BFLOAT16), types(graph, Eltwise.class));
        // The normalization reads the rows as short floats, so the sum does.
        assertEquals(List.of(DataType.BFLOAT16), types(graph, Binary.class));
        assertEquals(List.of(DataType.BFLOAT16), types(graph, EltwiseBackward.class));
    }

    /** Its gradient goes into convolutions and products, but that is no reason to round it, nor what it is made of. */
    @Test
    void whatALossIsMadeOfStaysWide() {
        Value hidden = g.eltwise(Eltwise.Kind.TANH, dense(g.input("rows", Shape.of(6, 8)), "first", 8));
        Value answers = g.eltwise(Eltwise.Kind.LOGISTIC, dense(hidden, "second", 4));
        Value difference = g.binary(Binary.Kind.SUB, answers, g.input("targets", Shape.of(6, 4)));
        Value loss = g.reduce(Reduction.Kind.MEAN, g.multiply(difference, difference));
        List<Value> gradients = Gradients.of(g, loss, List.of(g.parameter("first.kernel", Shape.of(8, 8))));
        Graph graph = shortened(gradients);
        assertEquals(List.of(DataType.BFLOAT16, DataType.FLOAT32), types(graph, InnerProduct.class));
        assertEquals(List.of(DataType.BFLOAT16, DataType.FLOAT32), types(graph, Eltwise.class));
        assertEquals(Set.of(DataType.FLOAT32), Set.copyOf(types(graph, Binary.class)));
    }

    @Test
    void decayOfWeightsIsComputedOfWideOnes() {
        Value kernel = g.parameter("kernel", Shape.of(4, 4, 1, 1));
        Value y = g.convolution(x, kernel, null, Window.square(1), 1);
        Value loss = g.add(g.reduce(Reduction.Kind.SUM, y), g.reduce(Reduction.Kind.SUM, g.multiply(kernel, kernel)));
        assertEquals(Set.of(DataType.FLOAT32), Set.copyOf(types(shortened(List.of(loss)), Binary.class)));
    }

    @Test
    void gradientsOfPartsAreSetSideBySide() {
        Value parted = g.parameter("parted", Shape.of(2, 7, 3));
        Value first = g.slice(parted, 1, 4, 2);
        Value second = g.slice(parted, 1, 0, 3);
        Value loss = g.add(
                g.reduce(Reduction.Kind.SUM, g.multiply(first, first)),
                g.reduce(Reduction.Kind.SUM, g.multiply(second, second)));
        Value gradient = Gradients.of(g, loss, List.of(parted)).getFirst();
        Node concat = g.producer(gradient).orElseThrow();
        assertEquals(new Concat(1), concat.op());
        assertEquals(
                List.of(3, 1, 2, 1),
                concat.inputs().stream().map(v -> v.shape().dim(1)).toList());
    }

    @Test
    void gradientsOfPartsThatOverlapAreAddedUp() {
        Value parted = g.parameter("parted", Shape.of(7));
        Value loss = g.add(
                g.reduce(Reduction.Kind.SUM, g.slice(parted, 0, 2, 3)),
                g.reduce(Reduction.Kind.SUM, g.slice(parted, 0, 4, 3)));
        Value gradient = Gradients.of(g, loss, List.of(parted)).getFirst();
        assertEquals(
                new Binary(Binary.Kind.ADD), g.producer(gradient).orElseThrow().op());
    }

    @Test
    void gradientsOfParametersStayWide() {
        Value loss = g.reduce(Reduction.Kind.SUM, convolution(relu(convolution(x, "a")), "b"));
        List<Value> gradients = Gradients.of(
                g, loss, List.of(g.parameter("a", Shape.of(4, 4, 1, 1)), g.parameter("b", Shape.of(4, 4, 1, 1))));
        Graph graph = shortened(gradients);
        assertEquals(gradients, graph.outputs());
        for (Value gradient : gradients) {
            assertTrue(
                    graph.producer(gradient).orElseThrow().op() instanceof ConvolutionBackwardWeights,
                    graph.toString());
            assertEquals(
                    DataType.BFLOAT16,
                    graph.producer(gradient).orElseThrow().input(1).type());
        }
    }

    @Test
    void checkpointingComputesStretchesTwice() {
        Value y = x;
        for (int i = 0; i < 9; i++) {
            y = g.eltwise(Eltwise.Kind.SWISH, convolution(y, "w" + i), 1, 0);
        }
        Value loss = g.reduce(Reduction.Kind.SUM, y);
        List<Value> parameters =
                List.of(g.parameter("w0", Shape.of(4, 4, 1, 1)), g.parameter("w8", Shape.of(4, 4, 1, 1)));
        List<Value> gradients = Gradients.of(g, loss, parameters, true);
        long convolutions = g.build("test", gradients).nodes().stream()
                .filter(n -> n.op() instanceof Convolution)
                .count();
        // The last stretch is not computed again.
        assertTrue(convolutions > 9 && convolutions < 18, "convolutions: " + convolutions);
    }
}
