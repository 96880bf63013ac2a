package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Op;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Single operations in bfloat16, forward and backward, against the Java backend in 32 bits. All that is given is exact
 * in bfloat16 and comes to the operation through a product by the identity matrix, which leaves it as it is and yields
 * short floats; so does the gradient. What is off is then the operation's own.
 */
class ShortOpsTest {
    /**
     * Of the largest number: a bfloat16 is rounded by 2⁻⁹ of itself at most. The result is, once; a gradient is made of
     * the result in two places (softmax's: {@code y (g − Σ g y)}) or of a sum of two rounded gradients, and rounded
     * itself.
     */
    private static final double TOLERANCE = 0x1p-7;

    @AutoClose
    private static final BothBackends BACKENDS = BothBackends.open();

    /**
     * An operation to check.
     *
     * @param name what is special about it
     * @param shapes of the parameters that come to it as short floats
     * @param build adds it
     * @param shortOps the operations that must yield short floats
     */
    private record Case(String name, List<Shape> shapes, Function<Builder, Value> build, Set<String> shortOps) {}

    private record Builder(GraphBuilder g, List<Value> x) {
        Value x(int i) {
            return x.get(i);
        }
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        Shape rows = Shape.of(2, 5, 33);
        for (Shape shape : List.of(Shape.of(4, 16), rows, Shape.of(2, 1, 3, 19))) {
            int last = shape.dim(shape.rank() - 1);
            cases.add(new Case(
                    "layer normalization " + shape,
                    List.of(shape),
                    b -> b.g().layerNormalization(
                                    b.x(0),
                                    b.g().parameter("scale", Shape.of(last)),
                                    b.g().parameter("shift", Shape.of(last)),
                                    1e-3f),
                    Set.of("LayerNormalization", "LayerNormalizationBackward")));
        }
        for (int axis = 0; axis < 3; axis++) {
            int chosen = axis;
            cases.add(new Case(
                    "softmax axis " + axis,
                    List.of(rows),
                    b -> b.g().softmax(b.x(0), chosen),
                    Set.of("Softmax", "SoftmaxBackward")));
            cases.add(new Case(
                    "slice axis " + axis, List.of(rows), b -> b.g().slice(b.x(0), chosen, 1, 1), Set.of("Slice")));
            cases.add(new Case(
                    "concat axis " + axis,
                    List.of(rows, rows.with(axis, 1), rows.with(axis, 16)),
                    b -> b.g().concat(chosen, b.x()),
                    Set.of("Concat", "Slice")));
            cases.add(new Case(
                    "parts of axis " + axis,
                    List.of(rows.with(axis, 6)),
                    b -> b.g().add(
                                    b.g().multiply(
                                                    b.g().slice(b.x(0), chosen, 3, 2),
                                                    b.g().slice(b.x(0), chosen, 0, 2)),
                                    b.g().slice(b.x(0), chosen, 3, 2)),
                    Set.of("Slice", "Concat", "Binary")));
        }
        cases.add(new Case(
                "log-softmax", List.of(rows), b -> b.g().logSoftmax(b.x(0), -1), Set.of("Softmax", "SoftmaxBackward")));
        cases.add(new Case("transpose", List.of(rows), b -> b.g().transpose(b.x(0), 2, 0, 1), Set.of("Transpose")));
        for (boolean first : new boolean[] {false, true}) {
            for (boolean second : new boolean[] {false, true}) {
                cases.add(new Case(
                        "matrices" + (first ? " transposed" : "") + " by" + (second ? " transposed" : ""),
                        List.of(
                                first ? Shape.of(2, 3, 17, 9) : Shape.of(2, 3, 9, 17),
                                second ? Shape.of(2, 3, 6, 17) : Shape.of(2, 3, 17, 6)),
                        b -> b.g().apply(new MatMul(first, second), b.x(0), b.x(1)),
                        Set.of("MatMul")));
            }
        }
        cases.add(new Case(
                "heads of a product's parts",
                List.of(Shape.of(2, 5, 24)),
                b -> heads(b.g(), b.x(0)),
                Set.of("Slice", "Transpose", "MatMul", "Concat")));
        cases.add(new Case(
                "inner product",
                List.of(Shape.of(7, 33)),
                b -> b.g().innerProduct(
                                b.x(0), b.g().parameter("w", Shape.of(20, 33)), b.g().parameter("b", Shape.of(20))),
                Set.of("InnerProduct", "InnerProductBackwardData")));
        for (Eltwise.Kind kind : List.of(Eltwise.Kind.GELU_ERF, Eltwise.Kind.GELU_TANH)) {
            cases.add(new Case(
                    kind.toString(),
                    List.of(rows),
                    b -> b.g().eltwise(kind, b.x(0)),
                    Set.of("Eltwise", "EltwiseBackward")));
        }
        cases.add(new Case("sum", List.of(rows, rows), b -> b.g().add(b.x(0), b.x(1)), Set.of("Binary")));
        return cases;
    }

    /** The scores of an attention of two heads: of three parts of each row, the first by the second. */
    private static Value heads(GraphBuilder g, Value x) {
        Value parted = g.transpose(g.reshape(x, Shape.of(2, 5, 3, 2, 4)), 2, 0, 3, 1, 4);
        List<Value> parts = Stream.of(0, 1, 2)
                .map(i -> g.reshape(g.slice(parted, 0, i, 1), Shape.of(4, 5, 4)))
                .toList();
        return g.concat(2, List.of(g.apply(new MatMul(false, true), parts.get(0), parts.get(1)), parts.get(2)));
    }

    @TestFactory
    Stream<DynamicTest> shortFloatsAreWideOnesButForRoundings() {
        return cases().stream().map(test -> DynamicTest.dynamicTest(test.name(), () -> check(test)));
    }

    private static void check(Case test) {
        assumeTrue(BACKENDS.onednn().computesIn(DataType.BFLOAT16), "this CPU has no bfloat16 instructions");
        GraphBuilder g = new GraphBuilder();
        List<Value> parameters = new ArrayList<>();
        for (Shape shape : test.shapes()) {
            parameters.add(g.parameter("x" + parameters.size(), shape));
        }
        Value result = byIdentity(
                g,
                test.build()
                        .apply(new Builder(
                                g,
                                parameters.stream().map(x -> byIdentity(g, x)).toList())));
        Value loss =
                g.reduce(Reduction.Kind.SUM, g.binary(Binary.Kind.MUL, result, g.input("weights", result.shape())));
        List<Value> trained = g.build("forward", List.of(loss)).parameters();
        List<Value> outputs = new ArrayList<>(List.of(result));
        outputs.addAll(Gradients.of(g, loss, trained));
        Graph wide = g.build(test.name(), outputs);
        Graph narrow = Passes.afterGradients(wide, DataType.BFLOAT16);
        assertShort(test, narrow);

        Random random = new Random(1);
        Map<Value, double[]> given = GraphRun.given(
                wide,
                value -> random.doubles(value.shape().elements(), -1.5, 1.5)
                        .map(ShortOpsTest::shortened)
                        .toArray());
        Map<Value, float[]> want = GraphRun.run(BACKENDS.java(), wide, given);
        Map<Value, float[]> got = GraphRun.run(BACKENDS.onednn(), narrow, given);
        for (int i = 0; i < outputs.size(); i++) {
            String what = i == 0 ? "result" : "gradient at " + trained.get(i - 1);
            assertClose(want.get(outputs.get(i)), got.get(outputs.get(i)), what);
        }
    }

    /** The same numbers, as short floats where activations are short. */
    private static Value byIdentity(GraphBuilder g, Value x) {
        int n = x.shape().dim(x.shape().rank() - 1);
        float[] identity = new float[n * n];
        for (int i = 0; i < n; i++) {
            identity[i * n + i] = 1;
        }
        Shape rows = Shape.of(Shape.extent(x.shape().elements() / n), n);
        return g.reshape(g.matmul(g.reshape(x, rows), g.constant(identity, Shape.of(n, n))), x.shape());
    }

    private static void assertShort(Case test, Graph narrow) {
        Map<String, Set<DataType>> types = narrow.nodes().stream()
                .collect(Collectors.groupingBy(
                        node -> name(node.op()),
                        Collectors.mapping(node -> node.outputs().getFirst().type(), Collectors.toSet())));
        for (String op : test.shortOps()) {
            assertTrue(types.getOrDefault(op, Set.of()).contains(DataType.BFLOAT16), op + ": " + narrow);
        }
        // Nothing between the products is wide; the loss' product and sum are.
        assertEquals(
                List.of(),
                narrow.nodes().stream()
                        .filter(node -> test.shortOps().contains(name(node.op())) && !(node.op() instanceof Binary))
                        .filter(node -> node.outputs().getFirst().type() != DataType.BFLOAT16)
                        .toList());
    }

    private static String name(Op op) {
        return op.getClass().getSimpleName();
    }

    private static double shortened(double number) {
        return Float.intBitsToFloat(Float.floatToIntBits((float) number) & 0xffff0000);
    }

    private static void assertClose(float[] want, float[] got, String what) {
        double largest = Math.max(
                Math.abs(Arrays.stream(doubles(want)).max().orElseThrow()),
                Math.abs(Arrays.stream(doubles(want)).min().orElseThrow()));
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], got[i], TOLERANCE * largest, what + " element " + i);
        }
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        Arrays.setAll(doubles, i -> values[i]);
        return doubles;
    }
}
