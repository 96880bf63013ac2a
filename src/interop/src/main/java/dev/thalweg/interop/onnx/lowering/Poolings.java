package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Poolings over one, two or three axes. */
final class Poolings {
    private Poolings() {}

    static List<Operand> max(Call call) {
        return pooled(call, Pooling.Kind.MAX, call.value(0), slidings(call));
    }

    /** Where padding counts it is put there; what {@code ceil_mode} adds behind never counts. */
    static List<Operand> average(Call call) {
        Value source = call.value(0);
        List<Sliding> slidings = new ArrayList<>(slidings(call));
        if (call.flag("count_include_pad")) {
            List<Sliding> floors = floors(call);
            for (int i = 0; i < slidings.size(); i++) {
                Sliding floor = floors.get(i);
                source = call.graph().pad(source, 2 + i, floor.before(), floor.after());
                slidings.set(i, slidings.get(i).padded(0, slidings.get(i).after() - floor.after()));
            }
        }
        return pooled(call, Pooling.Kind.AVERAGE, source, slidings);
    }

    /** The p-norm over each window: the root of a sum of powers, which is a mean times the window's elements. */
    static List<Operand> lp(Call call) {
        List<Sliding> slidings = slidings(call);
        int elements = slidings.stream().mapToInt(Sliding::kernel).reduce(1, Math::multiplyExact);
        int power = power(call);
        Value means = pooled(call.graph(), Pooling.Kind.AVERAGE_INCLUDING_PADDING, powers(call, power), slidings);
        Value norm = root(call.graph(), call.graph().linear(means, elements, 0), power);
        return List.of(
                new Flowing(norm, Extents.of(norm.shape()), call.operand(0).type()));
    }

    static List<Operand> globalLp(Call call) {
        int power = power(call);
        Operand sum = global(Reductions.Kind.SUM, call, new Flowing(powers(call, power)));
        Value norm = root(call.graph(), ((Flowing) sum).value(), power);
        return List.of(new Flowing(norm, sum.dims(), call.operand(0).type()));
    }

    private static int power(Call call) {
        int power = Extents.checked(call.whole("p", 2));
        if (power < 1) {
            throw call.refusal("p is " + power + ", expected 1 or more");
        }
        return power;
    }

    private static Value powers(Call call, int power) {
        Value source = call.value(0);
        return Combinations.power(
                call.graph(), power == 2 ? source : call.graph().eltwise(Eltwise.Kind.ABS, source), power);
    }

    private static Value root(GraphBuilder graph, Value sum, int power) {
        return Combinations.power(graph, sum, 1f / power);
    }

    private static List<Sliding> floors(Call call) {
        List<Integer> dims = call.operand(0).dims();
        if (dims.size() < 3 || dims.size() > 5) {
            throw call.refusal("got extents " + dims + ", expected one to three axes behind the channels");
        }
        int axes = dims.size() - 2;
        return Sliding.of(call, Sliding.numbers(call, "kernel_shape", axes, 0), dims.subList(2, dims.size()));
    }

    private static List<Sliding> slidings(Call call) {
        List<Sliding> floors = floors(call);
        return call.flag("ceil_mode")
                ? IntStream.range(0, floors.size())
                        .mapToObj(i ->
                                floors.get(i).ceiling(call.operand(0).dims().get(2 + i)))
                        .toList()
                : floors;
    }

    private static List<Operand> pooled(Call call, Pooling.Kind kind, Value source, List<Sliding> slidings) {
        Value result = pooled(call.graph(), kind, source, slidings);
        return List.of(
                new Flowing(result, Extents.of(result.shape()), call.operand(0).type()));
    }

    private static Value pooled(GraphBuilder graph, Pooling.Kind kind, Value source, List<Sliding> slidings) {
        return switch (slidings.size()) {
            case 1 ->
                Convolutions.withoutRows(
                        graph,
                        graph.pooling(
                                kind,
                                Convolutions.withRows(graph, source),
                                Sliding.window(Sliding.still(), slidings.getFirst())));
            case 2 -> graph.pooling(kind, source, Sliding.window(slidings.get(0), slidings.get(1)));
            default -> overDepth(graph, kind, source, slidings);
        };
    }

    /** Over each plane, then over the depth: the greatest of greatest ones, and the mean of means of as many. */
    private static Value overDepth(GraphBuilder graph, Pooling.Kind kind, Value source, List<Sliding> slidings) {
        Shape s = source.shape();
        Value planes = graph.pooling(
                kind,
                graph.reshape(source, Shape.of(s.dim(0), Math.multiplyExact(s.dim(1), s.dim(2)), s.dim(3), s.dim(4))),
                Sliding.window(slidings.get(1), slidings.get(2)));
        int height = planes.shape().dim(2);
        int width = planes.shape().dim(3);
        Value depths = graph.pooling(
                kind,
                graph.reshape(planes, Shape.of(s.dim(0), s.dim(1), s.dim(2), Math.multiplyExact(height, width))),
                slidings.getFirst().rows());
        return graph.reshape(depths, Shape.of(s.dim(0), s.dim(1), depths.shape().dim(2), height, width));
    }

    /** Over all axes behind the channels. */
    static Lowering global(Reductions.Kind kind) {
        return call -> List.of(global(kind, call, call.operand(0)));
    }

    private static Operand global(Reductions.Kind kind, Call call, Operand source) {
        if (source.rank() < 3) {
            throw call.refusal("got extents " + source.dims() + ", expected axes behind the channels");
        }
        return Reductions.reduce(
                call.graph(),
                kind,
                source,
                IntStream.range(2, source.rank()).boxed().toList());
    }
}
