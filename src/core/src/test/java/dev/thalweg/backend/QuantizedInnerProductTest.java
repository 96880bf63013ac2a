package dev.thalweg.backend;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedInnerProduct;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** As {@link QuantizedOpsTest}, for inner products. */
class QuantizedInnerProductTest {
    @AutoClose
    private static final BothBackends BACKENDS = BothBackends.open();

    private record Case(int batch, int inputs, int outputs, boolean bias, QuantizedInnerProduct op, boolean extreme) {
        Graph graph() {
            GraphBuilder g = new GraphBuilder();
            Value scales = g.parameter("scales", Shape.of(outputs));
            List<Value> operands = new ArrayList<>(List.of(
                    g.quantize(g.input("x", Shape.of(batch, inputs)), op.source()),
                    g.quantizeWeights(g.parameter("w", Shape.of(outputs, inputs)), scales),
                    scales));
            if (bias) {
                operands.add(g.parameter("b", Shape.of(outputs)));
            }
            Value result = g.apply(op, operands.toArray(Value[]::new));
            return g.build(
                    toString(),
                    List.of(op.result().map(q -> g.dequantize(result, q)).orElse(result)));
        }

        Map<Value, double[]> given(Graph graph) {
            Random random = new Random(4);
            return GraphRun.given(
                    graph,
                    value -> GraphRun.numbers(
                            value,
                            switch (value.name()) {
                                case "x" ->
                                    _ -> (integer(random) - op.source().zeroPoint())
                                            * (double) op.source().scale();
                                case "scales" -> Case::scale;
                                // Extreme ones are all of one sign for each output, and greater than what is held.
                                case "w" ->
                                    i -> scale(i / inputs)
                                            * (extreme ? 80 - 160 * (i / inputs % 2) : random.nextInt(129) - 64);
                                default -> _ -> (random.nextInt(2001) - 1000) * 0x1p-6;
                            }));
        }

        private int integer(Random random) {
            return extreme ? op.source().greatest() : op.source().least() + random.nextInt(256);
        }

        private static double scale(int output) {
            return Math.scalb(1.0, -3 - output % 4);
        }
    }

    private static List<Case> cases() {
        Optional<Eltwise> relu = Optional.of(new Eltwise(Eltwise.Kind.RELU, 0, 0));
        Optional<Quantization> coarse = Optional.of(new Quantization(DataType.UINT8, 3.7f, 0));
        Optional<Quantization> shifted = Optional.of(new Quantization(DataType.UINT8, 5.3f, 131));
        List<Case> cases = new ArrayList<>();
        for (Quantization from :
                List.of(new Quantization(DataType.UINT8, 0x1p-5f, 0), new Quantization(DataType.UINT8, 0x1p-5f, 117))) {
            QuantizedInnerProduct plain = new QuantizedInnerProduct(Optional.empty(), from, Optional.empty());
            cases.add(new Case(1, 16, 10, true, plain, false));
            cases.add(new Case(5, 37, 3, false, plain, false));
            cases.add(new Case(3, 300, 17, true, new QuantizedInnerProduct(relu, from, Optional.empty()), false));
            cases.add(new Case(2, 64, 32, true, new QuantizedInnerProduct(relu, from, coarse), false));
            cases.add(new Case(8, 64, 1, true, new QuantizedInnerProduct(Optional.empty(), from, shifted), false));
            // Sums of pairs of products that 16 bits would not hold if weights had 8.
            cases.add(new Case(4, 512, 16, true, plain, true));
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
}
