package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;

/** Functions and combinations of elements: of known operands at once, of others as operations of a graph. */
final class Elementwise {
    /** A function of each element. */
    @FunctionalInterface
    interface GraphFunction {
        Value of(GraphBuilder graph, Value x);
    }

    /** A combination of two values whose shapes broadcast. */
    @FunctionalInterface
    interface GraphCombination {
        Value of(GraphBuilder graph, Value a, Value b);
    }

    /**
     * A function, on the host and in the graph.
     *
     * @param host of known numbers
     * @param graph of others
     */
    record Function(DoubleUnaryOperator host, GraphFunction graph) {}

    /**
     * A combination, on the host and in the graph.
     *
     * @param wholes of known whole numbers
     * @param reals of known others
     * @param graph of what is not known
     */
    record Combination(LongBinaryOperator wholes, DoubleBinaryOperator reals, GraphCombination graph) {}

    private Elementwise() {}

    static Lowering of(Function function) {
        return call -> List.of(apply(call.graph(), function, call.operand(0)));
    }

    static Operand apply(GraphBuilder graph, Function function, Operand x) {
        return switch (x) {
            case Known known ->
                Known.of(
                        x.type(),
                        x.dims(),
                        Arrays.stream(known.doubles()).map(function.host()).toArray());
            case Flowing(Value value, List<Integer> dims, ElementType type) ->
                new Flowing(function.graph().of(graph, value), dims, type);
        };
    }

    static Lowering of(Combination combination) {
        return call -> List.of(apply(call.graph(), combination, call.operand(0), second(call)));
    }

    /** Before version 7 the second operand was aligned at an axis, if it was repeated at all. */
    static Operand second(Call call) {
        Operand second = call.operand(1);
        if (call.opset() >= 7 || !call.has("axis")) {
            return second;
        }
        int rank = call.operand(0).rank();
        int axis = Extents.axis(call.whole("axis"), rank);
        List<Integer> dims = new ArrayList<>(second.dims());
        while (dims.size() < rank - axis) {
            dims.add(1);
        }
        return new Arrangement(call.graph()).reshape(second, dims);
    }

    static Operand apply(GraphBuilder graph, Combination combination, Operand a, Operand b) {
        return apply(graph, combination, a, b, a.type());
    }

    static Operand apply(GraphBuilder graph, Combination combination, Operand a, Operand b, ElementType result) {
        Arrangement arrangement = new Arrangement(graph);
        List<Integer> dims = Extents.broadcast(a.dims(), b.dims());
        if (dims.contains(0)) {
            return Arrangement.empty(result, dims);
        }
        if (a instanceof Known && b instanceof Known) {
            Known first = (Known) arrangement.broadcast(a, dims);
            Known second = (Known) arrangement.broadcast(b, dims);
            return a.type().isFloating() || b.type().isFloating()
                    ? Known.of(result, dims, combined(first.doubles(), second.doubles(), combination.reals()))
                    : Known.of(
                            result,
                            dims,
                            combined(first.tensor().wholes(), second.tensor().wholes(), combination.wholes()));
        }
        return new Flowing(combination.graph().of(graph, arrangement.value(a), arrangement.value(b)), dims, result);
    }

    private static double[] combined(double[] a, double[] b, DoubleBinaryOperator operator) {
        double[] result = new double[a.length];
        Arrays.setAll(result, i -> operator.applyAsDouble(a[i], b[i]));
        return result;
    }

    private static long[] combined(long[] a, long[] b, LongBinaryOperator operator) {
        long[] result = new long[a.length];
        Arrays.setAll(result, i -> operator.applyAsLong(a[i], b[i]));
        return result;
    }
}
