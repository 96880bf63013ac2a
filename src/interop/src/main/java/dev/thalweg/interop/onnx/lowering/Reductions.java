package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.lowering.Elementwise.Function;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Operators that make one number of many. */
final class Reductions {
    /** What becomes of the elements along the reduced axes. */
    enum Kind {
        SUM(0, Double::sum),
        MEAN(0, Double::sum),
        MAX(Double.NEGATIVE_INFINITY, Math::max),
        MIN(Double.POSITIVE_INFINITY, Math::min),
        PRODUCT(1, (a, b) -> a * b);

        private final double ofNothing;
        private final DoubleBinaryOperator host;

        Kind(double ofNothing, DoubleBinaryOperator host) {
            this.ofNothing = ofNothing;
            this.host = host;
        }
    }

    private static final int MOST_OF_TOP = 256;

    private Reductions() {}

    static Lowering of(Kind kind) {
        return of(null, kind, null);
    }

    /** With a function of each element before, and of each result. */
    static Lowering of(@Nullable Function before, Kind kind, @Nullable Function after) {
        return call -> {
            Operand source = call.operand(0);
            Operand mapped = before == null ? source : Elementwise.apply(call.graph(), before, source);
            Operand reduced = reduce(call.graph(), kind, mapped, axes(call, source.rank()));
            Operand result = after == null ? reduced : Elementwise.apply(call.graph(), after, reduced);
            return List.of(kept(call, result));
        };
    }

    /** The greatest is taken out before, so that no exponential overflows. */
    static List<Operand> logSumExp(Call call) {
        Operand source = call.operand(0);
        GraphBuilder graph = call.graph();
        List<Integer> axes = axes(call, source.rank());
        Operand most = reduce(graph, Kind.MAX, source, axes);
        Operand less = Elementwise.apply(graph, Combinations.SUB, source, most);
        Operand sum = reduce(graph, Kind.SUM, Elementwise.apply(graph, Functions.EXP, less), axes);
        Operand result = Elementwise.apply(graph, Combinations.ADD, Elementwise.apply(graph, Functions.LOG, sum), most);
        return List.of(kept(call, result));
    }

    /** All if none is given, unless the node says that none is meant then. */
    private static List<Integer> axes(Call call, int rank) {
        List<Long> given = call.wholes("axes", 1).orElse(List.of());
        return given.isEmpty() && !call.flag("noop_with_empty_axes")
                ? IntStream.range(0, rank).boxed().toList()
                : Axes.of(given, rank);
    }

    private static Operand kept(Call call, Operand reduced) {
        return call.whole("keepdims", 1) != 0 ? reduced : without(call, reduced, axes(call, reduced.rank()));
    }

    /** Without axes of extent 1. */
    private static Operand without(Call call, Operand operand, List<Integer> axes) {
        List<Integer> dims = new ArrayList<>();
        for (int i = 0; i < operand.rank(); i++) {
            if (!axes.contains(i)) {
                dims.add(operand.dims().get(i));
            }
        }
        return new Arrangement(call.graph()).reshape(operand, dims);
    }

    /** The axes stay with extent 1. */
    static Operand reduce(GraphBuilder graph, Kind kind, Operand source, List<Integer> axes) {
        List<Integer> dims = source.dims();
        List<Integer> result = new ArrayList<>(dims);
        axes.forEach(axis -> result.set(axis, 1));
        if (axes.isEmpty()) {
            return source;
        }
        return switch (source) {
            case Known known -> reduceKnown(kind, known, result);
            case Flowing(Value value, List<Integer> from, ElementType type) ->
                new Flowing(
                        graph.reshape(reduceFlowing(graph, kind, value, axes), Extents.shape(result)), result, type);
        };
    }

    private static Known reduceKnown(Kind kind, Known known, List<Integer> result) {
        int[] strides = Extents.strides(result);
        Arrays.setAll(strides, axis -> result.get(axis) == 1 ? 0 : strides[axis]);
        int[] places = Arrangement.places(known.dims(), strides);
        double[] numbers = known.doubles();
        double[] reduced = new double[Extents.elements(result)];
        Arrays.fill(reduced, kind.ofNothing);
        for (int i = 0; i < numbers.length; i++) {
            reduced[places[i]] = kind.host.applyAsDouble(reduced[places[i]], numbers[i]);
        }
        if (kind == Kind.MEAN) {
            Arrays.setAll(reduced, i -> reduced[i] * reduced.length / numbers.length);
        }
        return Known.of(known.type(), result, reduced);
    }

    private static Value reduceFlowing(GraphBuilder graph, Kind kind, Value value, List<Integer> axes) {
        int[] counted = axes.stream().mapToInt(Integer::intValue).toArray();
        return switch (kind) {
            case SUM -> graph.reduce(Reduction.Kind.SUM, value, counted);
            case MEAN -> graph.reduce(Reduction.Kind.MEAN, value, counted);
            case MAX -> greatest(graph, rows(graph, value, axes));
            case MIN -> graph.linear(greatest(graph, graph.linear(rows(graph, value, axes), -1, 0)), -1, 0);
            case PRODUCT -> product(graph, rows(graph, value, axes));
        };
    }

    /** The reduced axes behind the others, {@code [others, reduced]}. */
    private static Value rows(GraphBuilder graph, Value value, List<Integer> axes) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, value.shape().rank())
                .filter(i -> !axes.contains(i))
                .boxed()
                .toList());
        order.addAll(axes);
        long reduced = axes.stream().mapToLong(axis -> value.shape().dim(axis)).reduce(1, Math::multiplyExact);
        return graph.reshape(
                graph.transpose(value, order.toArray(Integer[]::new)),
                Shape.of(Shape.extent(value.shape().elements() / reduced), Shape.extent(reduced)));
    }

    /** A pooling whose window is a whole row, which sends its gradient to the greatest. */
    private static Value greatest(GraphBuilder graph, Value rows) {
        int others = rows.shape().dim(0);
        int reduced = rows.shape().dim(1);
        return graph.pooling(
                Pooling.Kind.MAX,
                graph.reshape(rows, Shape.of(1, others, reduced, 1)),
                new Window(reduced, 1, 1, 1, 1, 1, 0, 0, 0, 0));
    }

    /** Halves are multiplied with each other until one number is left of each row. */
    private static Value product(GraphBuilder graph, Value rows) {
        Value rest = rows;
        while (rest.shape().dim(1) > 1) {
            int length = rest.shape().dim(1);
            int half = length / 2;
            Value halved = graph.multiply(graph.slice(rest, 1, 0, half), graph.slice(rest, 1, half, half));
            rest = length % 2 == 0 ? halved : graph.concat(1, List.of(halved, graph.slice(rest, 1, length - 1, 1)));
        }
        return rest;
    }

    /** The index of the greatest, or smallest, along an axis. */
    static Lowering index(boolean greatest) {
        return call -> {
            Operand source = call.operand(0);
            int axis = Extents.axis(call.whole("axis", 0), source.rank());
            Operand signed = greatest ? source : Elementwise.apply(call.graph(), Functions.NEGATIVE, source);
            Operand index = greatestIndex(call.graph(), signed, axis, call.flag("select_last_index"));
            return List.of(call.whole("keepdims", 1) != 0 ? index : without(call, index, List.of(axis)));
        };
    }

    private static Operand greatestIndex(GraphBuilder graph, Operand source, int axis, boolean last) {
        int extent = source.dims().get(axis);
        Operand most = reduce(graph, Kind.MAX, source, List.of(axis));
        Operand isMost = Elementwise.apply(graph, Combinations.EQUAL, source, most, ElementType.INT64);
        // Of several, that with the greatest rank is chosen: the last, or the first if they are counted from the end.
        Operand ranks = counts(source.rank(), axis, extent, last);
        Operand rank =
                reduce(graph, Kind.MAX, Elementwise.apply(graph, Combinations.MUL, isMost, ranks), List.of(axis));
        return Elementwise.apply(
                graph,
                last
                        ? new Function(r -> r - 1, (g, r) -> g.linear(r, 1, -1))
                        : new Function(r -> extent - r, (g, r) -> g.linear(r, -1, extent)),
                rank);
    }

    /** 1, 2, 3 … along an axis, or backwards down to 1. */
    private static Known counts(int rank, int axis, int extent, boolean up) {
        List<Integer> dims = new ArrayList<>(Collections.nCopies(rank, 1));
        dims.set(axis, Extents.onHost(extent));
        return Known.of(
                ElementType.INT64,
                dims,
                IntStream.range(0, extent)
                        .mapToLong(i -> up ? i + 1L : extent - (long) i)
                        .toArray());
    }

    /** 1 at the first greatest along an axis, else 0; before version 13 along all axes from one on. */
    static List<Operand> hardmax(Call call) {
        return List.of(Softmaxes.along(call, (operand, axis) -> {
            Operand index = greatestIndex(call.graph(), operand, axis, false);
            Operand places = Elementwise.apply(
                    call.graph(),
                    new Function(x -> x - 1, (g, x) -> g.linear(x, 1, -1)),
                    counts(operand.rank(), axis, operand.dims().get(axis), true));
            return Elementwise.apply(call.graph(), Combinations.EQUAL, places, index, operand.type());
        }));
    }

    /** The greatest of an axis again and again, each taken out before the next. */
    static List<Operand> topK(Call call) {
        Operand source = call.operand(0);
        int axis = Extents.axis(call.whole("axis", -1), source.rank());
        int count = Extents.checked(call.has("k") ? call.whole("k") : call.whole(1));
        int most = Math.min(MOST_OF_TOP, source.dims().get(axis));
        if (count > most || count < 1) {
            throw call.refusal("wants the " + count + " greatest, expected 1 to " + most);
        }
        GraphBuilder graph = call.graph();
        boolean greatest = call.whole("largest", 1) != 0;
        Operand rest = greatest ? source : Elementwise.apply(graph, Functions.NEGATIVE, source);
        List<Operand> numbers = new ArrayList<>();
        List<Operand> indices = new ArrayList<>();
        Known places = counts(source.rank(), axis, source.dims().get(axis), true);
        for (int i = 0; i < count; i++) {
            Operand index = greatestIndex(graph, rest, axis, false);
            numbers.add(reduce(graph, Kind.MAX, rest, List.of(axis)));
            indices.add(index);
            Operand taken = Elementwise.apply(
                    graph,
                    Combinations.EQUAL,
                    places,
                    Elementwise.apply(graph, new Function(x -> x + 1, (g, x) -> g.linear(x, 1, 1)), index),
                    ElementType.BOOL);
            Operand least = Known.of(source.type(), List.of(), -Float.MAX_VALUE);
            rest = Combinations.where(graph, taken, least, rest);
        }
        Arrangement arrangement = new Arrangement(graph);
        Operand all = arrangement.concat(axis, numbers);
        return List.of(
                greatest ? all : Elementwise.apply(graph, Functions.NEGATIVE, all), arrangement.concat(axis, indices));
    }

    static List<Operand> cumSum(Call call) {
        Operand source = call.operand(0);
        int axis = Extents.axis(call.whole(1), source.rank());
        int extent = source.dims().get(axis);
        int skipped = call.flag("exclusive") ? 1 : 0;
        boolean backwards = call.flag("reverse");
        float[] matrix = Arrangement.matrix(extent, extent);
        for (int from = 0; from < extent; from++) {
            for (int to = 0; to < extent; to++) {
                int distance = backwards ? from - to : to - from;
                matrix[from * extent + to] = distance >= skipped ? 1 : 0;
            }
        }
        Arrangement arrangement = new Arrangement(call.graph());
        return List.of(new Flowing(
                arrangement.product(arrangement.value(source), axis, matrix, extent), source.dims(), source.type()));
    }
}
