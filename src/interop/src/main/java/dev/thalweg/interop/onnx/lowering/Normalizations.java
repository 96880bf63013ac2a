package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.LayerNormalization;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Normalizations, and the dropout that inference leaves out. */
final class Normalizations {
    private static final int SCALE_PER_CHANNEL_SINCE = 21;

    private Normalizations() {}

    private static Operand like(Call call, Value value) {
        return new Flowing(value, call.operand(0).dims(), call.operand(0).type());
    }

    /** By the moving averages, or with {@code training_mode} by the batch, which then moves them. */
    static List<Operand> batch(Call call) {
        GraphBuilder graph = call.graph();
        float epsilon = call.real("epsilon", 1e-5);
        Value source = call.value(0);
        if (!call.flag("training_mode")) {
            return List.of(like(
                    call,
                    graph.apply(
                            new BatchNormalizationInference(epsilon, false),
                            source,
                            call.value(1),
                            call.value(2),
                            call.value(3),
                            call.value(4))));
        }
        float momentum = call.real("momentum", 0.9);
        List<Value> normalized = graph.batchNormalization(source, call.value(1), call.value(2), epsilon);
        return List.of(
                like(call, normalized.getFirst()),
                new Flowing(average(graph, call.value(3), normalized.get(1), momentum)),
                new Flowing(average(graph, call.value(4), normalized.get(2), momentum)));
    }

    private static Value average(GraphBuilder graph, Value old, Value now, float momentum) {
        return graph.add(graph.linear(old, momentum, 0), graph.linear(now, 1 - momentum, 0));
    }

    /** Over each channel of each example. */
    static List<Operand> instance(Call call) {
        Value source = call.value(0);
        return grouped(call, source.shape().dim(1), call.real("epsilon", 1e-5), true);
    }

    /** Over each group of channels of each example; scales were one per group before version 21. */
    static List<Operand> group(Call call) {
        int groups = Extents.checked(call.whole("num_groups"));
        return grouped(call, groups, call.real("epsilon", 1e-5), call.opset() >= SCALE_PER_CHANNEL_SINCE);
    }

    private static List<Operand> grouped(Call call, int groups, float epsilon, boolean perChannel) {
        GraphBuilder graph = call.graph();
        Value source = call.value(0);
        Shape shape = source.shape();
        if (shape.rank() < 3 || groups < 1 || shape.dim(1) % groups != 0) {
            throw call.refusal("got a source " + shape + " for " + groups + " groups of channels");
        }
        int rows = Math.multiplyExact(shape.dim(0), groups);
        Value normalized =
                graph.normalize(graph.reshape(source, Shape.of(rows, Shape.extent(shape.elements() / rows))), epsilon);
        Value scaled;
        if (perChannel) {
            scaled = scaled(graph, graph.reshape(normalized, shape), call.value(1), call.value(2));
        } else {
            Shape byGroup = Shape.of(shape.dim(0), groups, Shape.extent(shape.elements() / rows));
            scaled = graph.reshape(
                    scaled(graph, graph.reshape(normalized, byGroup), call.value(1), call.value(2)), shape);
        }
        return List.of(like(call, scaled));
    }

    private static Value scaled(GraphBuilder graph, Value normalized, Value scale, Value shift) {
        Value product = graph.multiply(normalized, Convolutions.perChannel(graph, scale, normalized.shape()));
        return graph.add(product, Convolutions.perChannel(graph, shift, normalized.shape()));
    }

    /** Over the last axes; yields mean and inverse deviation too. */
    static List<Operand> layer(Call call) {
        GraphBuilder graph = call.graph();
        Operand operand = call.operand(0);
        int axis = Extents.axis(call.whole("axis", -1), operand.rank());
        List<Integer> dims = operand.dims();
        int inner = Extents.elements(dims.subList(axis, dims.size()));
        Value rows = graph.reshape(call.value(0), Shape.of(operand.elements() / inner, inner));
        float epsilon = call.real("epsilon", 1e-5);
        List<Value> statistics = graph.applyAll(new LayerNormalization(epsilon), rows);
        Value mean = statistics.get(1);
        Value deviation = graph.eltwise(Eltwise.Kind.SQRT, graph.linear(statistics.get(2), 1, epsilon));
        Value normalized = graph.reshape(statistics.getFirst(), Extents.shape(dims));
        Value scaled = graph.multiply(normalized, call.value(1));
        Value shifted = call.optional(2).isPresent() ? graph.add(scaled, call.value(2)) : scaled;
        List<Integer> reduced = new ArrayList<>(dims.subList(0, axis));
        reduced.addAll(Collections.nCopies(dims.size() - axis, 1));
        return List.of(
                like(call, shifted),
                statistic(graph, mean, reduced),
                statistic(graph, Functions.RECIPROCAL.graph().of(graph, deviation), reduced));
    }

    /** Divided by the root of the squares' mean over the last axes, and scaled (Zhang and Sennrich 2019). */
    static List<Operand> rootMeanSquare(Call call) {
        GraphBuilder graph = call.graph();
        Operand operand = call.operand(0);
        int[] axes = IntStream.range(Extents.axis(call.whole("axis", -1), operand.rank()), operand.rank())
                .toArray();
        Value source = call.value(0);
        Value mean = graph.reduce(Reduction.Kind.MEAN, graph.eltwise(Eltwise.Kind.SQUARE, source), axes);
        Value root = graph.eltwise(Eltwise.Kind.SQRT, graph.linear(mean, 1, call.real("epsilon", 1e-5)));
        return List.of(like(call, graph.multiply(graph.binary(Binary.Kind.DIV, source, root), call.value(1))));
    }

    private static Operand statistic(GraphBuilder graph, Value value, List<Integer> dims) {
        return new Flowing(graph.reshape(value, Extents.shape(dims)), dims, ElementType.FLOAT);
    }

    static List<Operand> meanVariance(Call call) {
        GraphBuilder graph = call.graph();
        Value source = call.value(0);
        int[] axes = Axes.of(
                        call.wholes("axes").orElse(List.of(0L, 2L, 3L)),
                        source.shape().rank())
                .stream()
                .mapToInt(Integer::intValue)
                .toArray();
        Value centred = graph.binary(Binary.Kind.SUB, source, graph.reduce(Reduction.Kind.MEAN, source, axes));
        Value variance = graph.reduce(Reduction.Kind.MEAN, graph.eltwise(Eltwise.Kind.SQUARE, centred), axes);
        Value deviation = graph.linear(graph.eltwise(Eltwise.Kind.SQRT, variance), 1, 1e-9f);
        return List.of(like(call, graph.binary(Binary.Kind.DIV, centred, deviation)));
    }

    /** Divided by a power of the squares' mean over neighbouring channels (Krizhevsky et al. 2012). */
    static List<Operand> localResponse(Call call) {
        GraphBuilder graph = call.graph();
        Value source = call.value(0);
        Shape shape = source.shape();
        int size = Extents.checked(call.whole("size"));
        if (shape.rank() < 3 || size < 1) {
            throw call.refusal("got a source " + shape + " and size " + size);
        }
        int channels = shape.dim(1);
        Value squares = graph.reshape(
                graph.eltwise(Eltwise.Kind.SQUARE, source),
                Shape.of(shape.dim(0), 1, channels, Shape.extent(shape.elements() / shape.dim(0) / channels)));
        Window window = new Sliding(size, 1, 1, (size - 1) / 2, size / 2).rows();
        Value means = graph.reshape(graph.pooling(Pooling.Kind.AVERAGE_INCLUDING_PADDING, squares, window), shape);
        Value base = graph.linear(means, call.real("alpha", 1e-4), call.real("bias", 1));
        Value factor = graph.eltwise(Eltwise.Kind.POW, base, 1, -call.real("beta", 0.75));
        return List.of(like(call, graph.multiply(source, factor)));
    }

    static List<Operand> lp(Call call) {
        GraphBuilder graph = call.graph();
        Operand source = call.operand(0);
        int axis = Extents.axis(call.whole("axis", -1), source.rank());
        boolean absolute = call.whole("p", 2) == 1;
        Operand parts = Elementwise.apply(graph, absolute ? Functions.ABS : Functions.SQUARE, source);
        Operand sum = Reductions.reduce(graph, Reductions.Kind.SUM, parts, List.of(axis));
        Operand norm = absolute ? sum : Elementwise.apply(graph, Functions.SQRT, sum);
        return List.of(Elementwise.apply(graph, Combinations.DIV, source, norm));
    }

    /** Nothing, with a mask of ones; in training it draws numbers, which no two libraries draw alike. */
    static List<Operand> dropout(Call call) {
        boolean training = call.optional(2).isPresent() && call.whole(2) != 0;
        float ratio =
                call.optional(1).isPresent() && training ? call.one(1).tensor().floats()[0] : call.real("ratio", 0.5);
        if (training && ratio != 0) {
            throw call.refusal("drops elements at random, in training_mode; export the model for inference");
        }
        Operand source = call.operand(0);
        ElementType type = call.opset() >= 10 ? ElementType.BOOL : source.type();
        Known one = Known.of(type, List.of(), 1.0);
        Operand mask = call.wants(1) ? new Arrangement(call.graph()).broadcast(one, source.dims()) : one;
        return List.of(source, mask);
    }
}
