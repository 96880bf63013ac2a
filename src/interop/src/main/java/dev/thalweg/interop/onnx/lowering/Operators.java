package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.interop.onnx.lowering.Elementwise.Function;
import dev.thalweg.tensor.ShapeException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which operators of ONNX are computed, and how, by name and version. */
public final class Operators {
    private static final Map<String, NavigableMap<Long, Lowering>> TABLE = new TreeMap<>();

    static {
        add("Constant", Shapes::constant);
        add("ConstantOfShape", Shapes::constantOfShape);
        add("Identity", Shapes::identity);
        add("Shape", Shapes::shape);
        add("Size", Shapes::size);
        add("Cast", Shapes::cast);
        add("CastLike", Shapes::castLike);
        add("Reshape", Shapes::reshape);
        add("Flatten", Shapes::flatten);
        add("Squeeze", Shapes::squeeze);
        add("Unsqueeze", Shapes::unsqueeze);
        add("Expand", Shapes::expand);
        add("Transpose", Moves::transpose);
        add("Concat", Moves::concat);
        add("Gather", Moves::gather);
        add("Slice", Moves::slice);
        add("Add", Elementwise.of(Elementwise.ADD));
        add("Sub", Elementwise.of(Elementwise.SUB));
        add("Mul", Elementwise.of(Elementwise.MUL));
        add("Div", Elementwise.of(Elementwise.DIV));
        add("Relu", new Function(x -> Math.max(0, x), (g, x) -> g.eltwise(Eltwise.Kind.RELU, x)));
        add("Sigmoid", new Function(x -> 1 / (1 + Math.exp(-x)), (g, x) -> g.eltwise(Eltwise.Kind.LOGISTIC, x)));
        add("Sqrt", new Function(Math::sqrt, (g, x) -> g.eltwise(Eltwise.Kind.SQRT, x)));
    }

    private Operators() {}

    private static void add(String name, Lowering lowering) {
        since(1, name, lowering);
    }

    private static void add(String name, Function function) {
        add(name, Elementwise.of(function));
    }

    /** From a version on, until the next that is named. */
    private static void since(long version, String name, Lowering lowering) {
        if (TABLE.computeIfAbsent(name, _ -> new TreeMap<>()).put(version, lowering) != null) {
            throw new IllegalStateException("operator " + name + " stands twice in the table");
        }
    }

    /**
     * {@return the names of all operators that are computed}
     */
    public static Set<String> names() {
        return Set.copyOf(TABLE.keySet());
    }

    /**
     * Computes what is known of an operator's outputs, and adds to the graph what is not.
     *
     * @param call the operator at work
     * @return the outputs, at least those that the node names
     * @throws UnsupportedOperatorException if the operator, or this use of it, is not computed, or its operands do not
     *     fit together
     */
    public static List<Operand> lower(Call call) {
        Lowering lowering =
                find(call).orElseThrow(() -> call.refusal("this operator is not supported, or not in this version"));
        List<Operand> outputs;
        try {
            outputs = lowering.lower(call);
        } catch (ShapeException | ArithmeticException e) {
            throw new UnsupportedOperatorException(call.node(), call.opset(), String.valueOf(e.getMessage()), e);
        }
        for (int i = outputs.size(); i < call.node().outputs().size(); i++) {
            if (call.wants(i)) {
                throw call.refusal("its output " + i + " is not computed");
            }
        }
        return outputs;
    }

    private static Optional<Lowering> find(Call call) {
        if (!call.node().domain().isEmpty()) {
            return Optional.empty();
        }
        return Optional.ofNullable(TABLE.get(call.node().opType()))
                .map(versions -> versions.floorEntry(call.opset()))
                .map(Map.Entry::getValue);
    }
}
