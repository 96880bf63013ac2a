package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedConvolution;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.model.Padding;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Operations on integers on both backends against the reference in double. What goes in are multiples of powers of two,
 * which the integers stand for exactly, so only the result rounds.
 */
class QuantizedOpsTest {
    private static final Optional<Eltwise> RELU = Optional.of(new Eltwise(Eltwise.Kind.RELU, 0, 0));
    private static final Quantization POSITIVE = new Quantization(DataType.UINT8, 0x1p-5f, 0);
    private static final Quantization SHIFTED = new Quantization(DataType.UINT8, 0x1p-5f, 117);

    private static final Quantization SIGNED = new Quantization(DataType.INT8, 0x1p-5f, -11);

    @AutoClose
    private static final BothBackends BACKENDS = BothBackends.open();

    private record Case(
            Shape source,
            int filters,
            Window window,
            int groups,
            boolean bias,
            Optional<Eltwise> activation,
            Quantization from,
            Optional<Quantization> summand,
            boolean sum,
            Optional<Quantization> to,
            boolean extreme) {
        static Case of(int n, int c, int h, int w, int filters, Window window, Quantization from) {
            Optional<Quantization> none = Optional.empty();
            return new Case(
                    Shape.of(n, c, h, w), filters, window, 1, true, Optional.empty(), from, none, false, none, false);
        }

        Case inGroups(int count) {
            return new Case(source, filters, window, count, false, activation, from, summand, sum, to, extreme);
        }

        Case to(Quantization result, Optional<Eltwise> function) {
            return new Case(
                    source, filters, window, groups, bias, function, from, summand, sum, Optional.of(result), extreme);
        }

        Case adding(Optional<Quantization> other) {
            return new Case(source, filters, window, groups, bias, activation, from, other, true, to, extreme);
        }

        Case greatest() {
            return new Case(source, filters, window, groups, bias, activation, from, summand, sum, to, true);
        }

        Graph graph() {
            GraphBuilder g = new GraphBuilder();
            Value weights = g.parameter(
                    "w", Shape.of(filters, source.dim(1) / groups, window.kernelHeight(), window.kernelWidth()));
            Value scales = g.parameter("scales", Shape.of(filters));
            List<Value> inputs = new ArrayList<>(
                    List.of(g.quantize(g.input("x", source), from), g.quantizeWeights(weights, scales), scales));
            if (bias) {
                inputs.add(g.parameter("b", Shape.of(filters)));
            }
            if (sum) {
                Shape result = Shape.of(
                        source.dim(0), filters, window.outputHeight(source.dim(2)), window.outputWidth(source.dim(3)));
                // Its memory is overwritten, so it is not an input itself.
                Value other = g.linear(g.input("s", result), 0.5f, 0);
                inputs.add(summand.map(q -> g.quantize(other, q)).orElse(other));
            }
            Value result = g.apply(
                    new QuantizedConvolution(window, groups, new PostOps(sum, activation), from, summand, to),
                    inputs.toArray(Value[]::new));
            return g.build(
                    toString(), List.of(to.map(q -> g.dequantize(result, q)).orElse(result)));
        }

        Map<Value, double[]> given(Graph graph) {
            Random random = new Random(3);
            return GraphRun.given(
                    graph,
                    value -> GraphRun.numbers(
                            value,
                            switch (value.name()) {
                                case "x" ->
                                    _ -> (from.least() - from.zeroPoint() + step(random)) * (double) from.scale();
                                case "s" -> _ -> (step(random) - 128) * 0x1p-4;
                                case "scales" -> Case::scale;
                                case "w" -> i -> weight(i / weightsOfFilter(), random);
                                default -> _ -> (random.nextInt(2001) - 1000) * 0x1p-6;
                            }));
        }

        /** Above the least integer. */
        private int step(Random random) {
            return extreme ? 255 : random.nextInt(256);
        }

        private int weightsOfFilter() {
            return source.dim(1) / groups * window.kernelHeight() * window.kernelWidth();
        }

        /** Extreme ones are all of one sign for each filter, and greater than what is held. */
        private double weight(int filter, Random random) {
            return scale(filter) * (extreme ? 80 - 160 * (filter % 2) : random.nextInt(129) - 64);
        }

        private static double scale(int filter) {
            return Math.scalb(1.0, -3 - filter % 4);
        }
    }

    private static List<Case> cases() {
        Window same = Padding.SAME.resolve(Window.square(3), 7, 6);
        Quantization coarse = new Quantization(DataType.UINT8, 3.7f, 0);
        Quantization shifted = new Quantization(DataType.UINT8, 5.3f, 131);
        List<Case> cases = new ArrayList<>();
        for (Quantization from : List.of(POSITIVE, SHIFTED)) {
            cases.add(Case.of(2, 3, 7, 6, 5, same, from));
            cases.add(Case.of(1, 16, 8, 8, 32, Window.square(1), from));
            cases.add(Case.of(
                    2, 32, 9, 9, 16, Padding.SAME.resolve(Window.square(3).stride(2), 9, 9), from));
            cases.add(Case.of(1, 16, 7, 6, 8, Window.square(3).dilation(2), from));
            cases.add(Case.of(2, 4, 7, 6, 6, same, from).inGroups(2));
            cases.add(Case.of(2, 16, 7, 6, 16, same, from).inGroups(16));
            cases.add(Case.of(2, 16, 7, 6, 16, same, from).to(coarse, RELU));
            cases.add(Case.of(2, 16, 7, 6, 16, same, from).to(shifted, Optional.empty()));
            cases.add(Case.of(2, 16, 7, 6, 16, same, from).adding(Optional.empty()));
            cases.add(Case.of(2, 16, 7, 6, 16, same, from)
                    .to(coarse, RELU)
                    .adding(Optional.of(new Quantization(DataType.UINT8, 0x1p-4f, 0))));
            cases.add(Case.of(2, 16, 7, 6, 16, same, from)
                    .to(shifted, Optional.empty())
                    .adding(Optional.of(new Quantization(DataType.UINT8, 0x1p-4f, 128))));
            cases.add(Case.of(2, 16, 7, 6, 16, same, from).to(SIGNED, Optional.empty()));
            // Sums of pairs of products that 16 bits would not hold if weights had 8.
            cases.add(Case.of(1, 64, 7, 6, 16, same, from).greatest());
            cases.add(Case.of(1, 64, 7, 6, 16, Window.square(1), from).greatest());
        }
        return cases;
    }

    @TestFactory
    Stream<DynamicTest> resultsEqualTheReference() {
        return cases().stream()
                .flatMap(test -> BACKENDS.all().stream()
                        .map(backend -> DynamicTest.dynamicTest(backend.name() + ": " + test, () -> {
                            Graph graph = test.graph();
                            Map<Value, double[]> given = test.given(graph);
                            Value result = graph.outputs().getFirst();
                            OpsTest.assertClose(
                                    Reference.evaluate(graph, given).get(result),
                                    GraphRun.run(backend, graph, given).get(result),
                                    "result");
                        })));
    }

    @TestFactory
    Stream<DynamicTest> maximaOfBytesAreBytes() {
        return Stream.of(
                        Window.square(2).stride(2),
                        Padding.SAME.resolve(Window.square(3).stride(2), 9, 7))
                .flatMap(window -> BACKENDS.all().stream()
                        .map(backend -> DynamicTest.dynamicTest(backend.name() + ": " + window, () -> {
                            GraphBuilder g = new GraphBuilder();
                            Value x = g.input("x", Shape.of(2, 16, 9, 7));
                            Value most = g.pooling(Pooling.Kind.MAX, g.quantize(x, SHIFTED), window);
                            assertEquals(DataType.UINT8, most.type());
                            Value result = g.dequantize(most, SHIFTED);
                            Graph graph = g.build("maxima", List.of(result));
                            Random random = new Random(5);
                            Map<Value, double[]> given = Map.of(
                                    x,
                                    GraphRun.numbers(x, _ -> (random.nextInt(256) - 117) * (double) SHIFTED.scale()));
                            OpsTest.assertClose(
                                    Reference.evaluate(graph, given).get(result),
                                    GraphRun.run(backend, graph, given).get(result),
                                    "maxima");
                        })));
    }

    @TestFactory
    Stream<DynamicTest> scalesHoldTheGreatestWeight() {
        // Of zeros, denormals, and what does not fit a float if it is divided once more.
        float[] greatest = {0, Float.MIN_VALUE, 1e-37f, 0.5f, 64, Float.MAX_VALUE};
        return BACKENDS.all().stream()
                .map(backend -> DynamicTest.dynamicTest(backend.name(), () -> {
                    GraphBuilder g = new GraphBuilder();
                    Value weights = g.parameter("w", Shape.of(greatest.length, 2, 3));
                    Value scales = g.weightScales(weights);
                    Value steps = g.cast(g.quantizeWeights(weights, scales), DataType.FLOAT32);
                    Graph graph = g.build("scales", List.of(scales, steps));
                    double[] numbers = new double[6 * greatest.length];
                    Arrays.setAll(numbers, i -> (double) greatest[i / 6] * (i % 6 - 3) / 3);
                    Map<Value, float[]> got = GraphRun.run(backend, graph, Map.of(weights, numbers));
                    for (int i = 0; i < greatest.length; i++) {
                        assertEquals(
                                Math.max(greatest[i] / 64, Float.MIN_NORMAL), got.get(scales)[i], 0, "filter " + i);
                        if (greatest[i] > 1e-36f) {
                            assertEquals(-64, got.get(steps)[6 * i]);
                        }
                        assertEquals(0, got.get(steps)[6 * i + 3]);
                    }
                }));
    }

    @Test
    void signedSourcesAreRefusedForTheSameUnsignedOnes() {
        assertEquals(SHIFTED, SIGNED.asUnsigned());
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class,
                () -> new QuantizedConvolution(
                        Window.square(1), 1, PostOps.NONE, SIGNED, Optional.empty(), Optional.empty()));
        assertTrue(thrown.getMessage().contains(SHIFTED.toString()), thrown.getMessage());
    }

    @Test
    void aRangeIsHeldWithItsZero() {
        assertEquals(new Quantization(DataType.UINT8, 2f / 255, 0), Quantization.unsigned(0.5f, 2));
        assertEquals(new Quantization(DataType.UINT8, 3f / 255, 85), Quantization.unsigned(-1, 2));
        assertEquals(new Quantization(DataType.UINT8, 4f / 255, 255), Quantization.unsigned(-4, -1));
        assertEquals(new Quantization(DataType.UINT8, 1, 0), Quantization.unsigned(0, 0));
    }
}
