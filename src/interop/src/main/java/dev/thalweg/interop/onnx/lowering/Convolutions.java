package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Convolutions over one, two or three axes, and their transposes. */
final class Convolutions {
    private static final int DEEPEST = 64;

    private Convolutions() {}

    static List<Operand> convolution(Call call) {
        Value source = call.value(0);
        Value weights = call.value(1);
        List<Sliding> slidings = slidings(call, source, weights);
        int groups = Extents.checked(call.whole("group", 1));
        Value result = convolution(call.graph(), source, weights, slidings, groups);
        return List.of(yielded(call, result));
    }

    private static List<Sliding> slidings(Call call, Value source, Value weights) {
        int rank = source.shape().rank();
        if (rank < 3 || rank > 5 || weights.shape().rank() != rank) {
            throw call.refusal("got a source " + source.shape() + " and weights " + weights.shape()
                    + ", expected both with one to three axes behind the channels");
        }
        List<Integer> kernel = spatial(weights);
        if (!call.wholes("kernel_shape").map(Extents::narrowed).orElse(kernel).equals(kernel)) {
            throw call.refusal("kernel_shape is " + call.wholes("kernel_shape") + " for weights " + weights.shape());
        }
        if (kernel.size() == 3 && kernel.getFirst() > DEEPEST) {
            throw call.refusal("its kernel is " + kernel.getFirst() + " deep, at most " + DEEPEST + " are computed");
        }
        return Sliding.of(call, kernel, spatial(source));
    }

    private static List<Integer> spatial(Value value) {
        List<Integer> dims = Extents.of(value.shape());
        return dims.subList(2, dims.size());
    }

    /** With the bias, if there is one. */
    private static Operand yielded(Call call, Value result) {
        GraphBuilder graph = call.graph();
        Value biased = call.optional(2).isPresent()
                ? graph.add(result, perChannel(graph, call.value(2), result.shape()))
                : result;
        return new Flowing(biased, Extents.of(biased.shape()), call.operand(0).type());
    }

    static Value perChannel(GraphBuilder graph, Value numbers, Shape shape) {
        return graph.reshape(numbers, shape.perChannel());
    }

    private static Value convolution(
            GraphBuilder graph, Value source, Value weights, List<Sliding> slidings, int groups) {
        return switch (slidings.size()) {
            case 1 ->
                withoutRows(
                        graph,
                        graph.convolution(
                                withRows(graph, source),
                                withRows(graph, weights),
                                null,
                                Sliding.window(Sliding.still(), slidings.getFirst()),
                                groups));
            case 2 ->
                graph.convolution(source, weights, null, Sliding.window(slidings.get(0), slidings.get(1)), groups);
            default -> overDepth(graph, source, weights, slidings, groups);
        };
    }

    /** {@code [N, C, L]} as a picture of one row. */
    static Value withRows(GraphBuilder graph, Value value) {
        Shape shape = value.shape();
        return graph.reshape(value, Shape.of(shape.dim(0), shape.dim(1), 1, shape.dim(2)));
    }

    static Value withoutRows(GraphBuilder graph, Value value) {
        Shape shape = value.shape();
        return graph.reshape(value, Shape.of(shape.dim(0), shape.dim(1), shape.dim(3)));
    }

    /** A sum of convolutions over pictures, one for each slice of the kernel, whose depths join the batch. */
    private static Value overDepth(
            GraphBuilder graph, Value source, Value weights, List<Sliding> slidings, int groups) {
        Sliding depth = slidings.getFirst();
        Arrangement arrangement = new Arrangement(graph);
        int places = depth.places(source.shape().dim(2));
        return IntStream.range(0, depth.kernel())
                .mapToObj(k -> {
                    int[] planes = IntStream.range(0, places)
                            .map(place -> place * depth.stride() - depth.before() + k * depth.dilation())
                            .map(plane -> plane < source.shape().dim(2) ? Math.max(plane, -1) : -1)
                            .toArray();
                    Value taken = arrangement.take(source, 2, planes);
                    Value pictures = convolution(
                            graph,
                            depthInBatch(graph, taken),
                            kernelSlice(graph, weights, k),
                            slidings.subList(1, 3),
                            groups);
                    return depthFromBatch(graph, pictures, places);
                })
                .reduce(graph::add)
                .orElseThrow();
    }

    private static Value kernelSlice(GraphBuilder graph, Value weights, int index) {
        Shape shape = weights.shape();
        return graph.reshape(
                graph.slice(weights, 2, index, 1), Shape.of(shape.dim(0), shape.dim(1), shape.dim(3), shape.dim(4)));
    }

    /** {@code [N, C, D, H, W]} as {@code [N · D, C, H, W]}. */
    private static Value depthInBatch(GraphBuilder graph, Value value) {
        Shape shape = value.shape();
        return graph.reshape(
                graph.transpose(value, 0, 2, 1, 3, 4),
                Shape.of(Math.multiplyExact(shape.dim(0), shape.dim(2)), shape.dim(1), shape.dim(3), shape.dim(4)));
    }

    private static Value depthFromBatch(GraphBuilder graph, Value value, int depth) {
        Shape shape = value.shape();
        return graph.transpose(
                graph.reshape(value, Shape.of(shape.dim(0) / depth, depth, shape.dim(1), shape.dim(2), shape.dim(3))),
                0,
                2,
                1,
                3,
                4);
    }

    static List<Operand> transposed(Call call) {
        Value source = call.value(0);
        Value weights = call.value(1);
        List<Sliding> kernels = slidings(call, source, weights);
        List<Integer> more = Sliding.numbers(call, "output_padding", kernels.size(), 0);
        List<Sliding> slidings = new ArrayList<>();
        int[] extents = new int[kernels.size()];
        for (int i = 0; i < extents.length; i++) {
            Sliding sliding = kernels.get(i);
            int whole = Math.addExact(
                    Math.addExact(
                            Math.multiplyExact(sliding.stride(), spatial(source).get(i) - 1), sliding.extent()),
                    more.get(i));
            extents[i] = outputExtent(call, i, sliding, spatial(source).get(i), whole);
            slidings.add(cropped(call, sliding, whole - extents[i]));
        }
        int groups = Extents.checked(call.whole("group", 1));
        return List.of(yielded(call, transposed(call.graph(), source, weights, slidings, groups, extents)));
    }

    /**
     * Puts columns back where windows over pictures took them from, and adds up what overlaps: a transposed convolution
     * by kernels of a single one.
     */
    static List<Operand> columnsToPictures(Call call) {
        List<Integer> picture = Extents.of(call.known(1).tensor().wholes());
        List<Integer> kernel = Extents.of(call.known(2).tensor().wholes());
        Operand source = call.operand(0);
        if (picture.size() != 2 || kernel.size() != 2 || source.rank() != 3) {
            throw call.refusal("got columns " + source.dims() + ", a picture " + picture + " and a block " + kernel
                    + ", expected [N, C * block, L] and two extents of each");
        }
        int block = Math.multiplyExact(kernel.get(0), kernel.get(1));
        List<Sliding> slidings = Sliding.of(call, kernel, picture);
        int height = slidings.get(0).places(picture.get(0));
        int width = slidings.get(1).places(picture.get(1));
        int channels = block == 0 ? 0 : source.dims().get(1) / block;
        if (channels == 0 || source.dims().get(1) % block != 0 || source.dims().get(2) != height * width) {
            throw call.refusal("got columns " + source.dims() + " for blocks of " + block + " at " + height + " by "
                    + width + " places");
        }
        GraphBuilder graph = call.graph();
        float[] ones = Arrangement.matrix(block, block);
        for (int i = 0; i < block; i++) {
            ones[i * block + i] = 1;
        }
        int examples = source.dims().get(0);
        Value pictures = transposed(
                graph,
                graph.reshape(call.value(0), Shape.of(Math.multiplyExact(examples, channels), block, height, width)),
                graph.constant(ones, Shape.of(block, 1, kernel.get(0), kernel.get(1))),
                slidings,
                1,
                picture.get(0),
                picture.get(1));
        Shape shape = Shape.of(examples, channels, picture.get(0), picture.get(1));
        return List.of(new Flowing(graph.reshape(pictures, shape), Extents.of(shape), source.type()));
    }

    private static int outputExtent(Call call, int axis, Sliding sliding, int extent, int whole) {
        return call.wholes("output_shape")
                .map(shape -> Extents.checked(shape.get(shape.size() - spatialRank(call) + axis)))
                .orElseGet(() -> call.text("auto_pad", "").startsWith("SAME")
                        ? Math.multiplyExact(extent, sliding.stride())
                        : whole - sliding.before() - sliding.after());
    }

    private static int spatialRank(Call call) {
        return call.operand(0).rank() - 2;
    }

    /** What is cut off the whole result at both ends; the padding given, unless the result's extent was. */
    private static Sliding cropped(Call call, Sliding sliding, int cut) {
        boolean given = call.wholes("output_shape").isPresent()
                || call.text("auto_pad", "").startsWith("SAME");
        if (!given) {
            return sliding;
        }
        int kept = Math.max(0, cut);
        int half = kept / 2;
        return call.text("auto_pad", "").equals("SAME_UPPER")
                ? sliding.padded(half, kept - half)
                : sliding.padded(kept - half, half);
    }

    private static Value transposed(
            GraphBuilder graph, Value source, Value weights, List<Sliding> slidings, int groups, int... extents) {
        return switch (slidings.size()) {
            case 1 ->
                withoutRows(
                        graph,
                        transposed(
                                graph,
                                withRows(graph, source),
                                withRows(graph, weights),
                                List.of(Sliding.still(), slidings.getFirst()),
                                groups,
                                1,
                                extents[0]));
            case 2 ->
                graph.apply(
                        new ConvolutionBackwardData(
                                Sliding.window(slidings.get(0), slidings.get(1)),
                                groups,
                                Shape.of(
                                        source.shape().dim(0),
                                        Math.multiplyExact(weights.shape().dim(1), groups),
                                        extents[0],
                                        extents[1])),
                        source,
                        weights);
            default -> transposedOverDepth(graph, source, weights, slidings, groups, extents);
        };
    }

    /** A sum, for each slice of the kernel, of pictures that are put apart along the depth. */
    private static Value transposedOverDepth(
            GraphBuilder graph, Value source, Value weights, List<Sliding> slidings, int groups, int... extents) {
        Sliding depth = slidings.getFirst();
        int planes = source.shape().dim(2);
        Arrangement arrangement = new Arrangement(graph);
        Value flat = depthInBatch(graph, source);
        return IntStream.range(0, depth.kernel())
                .mapToObj(k -> {
                    Value pictures = depthFromBatch(
                            graph,
                            transposed(
                                    graph,
                                    flat,
                                    kernelSlice(graph, weights, k),
                                    slidings.subList(1, 3),
                                    groups,
                                    extents[1],
                                    extents[2]),
                            planes);
                    int[] from = new int[extents[0]];
                    Arrays.fill(from, -1);
                    for (int plane = 0; plane < planes; plane++) {
                        int to = plane * depth.stride() + k * depth.dilation() - depth.before();
                        if (to >= 0 && to < from.length) {
                            from[to] = plane;
                        }
                    }
                    return arrangement.take(pictures, 2, from);
                })
                .reduce(graph::add)
                .orElseThrow();
    }
}
