package dev.thalweg.interop.onnx.writing;

import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.writing.BatchExtents.Extent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The same elements in other places: done at once where they are known, left to the graph where they flow. */
final class Shaping {
    private static final List<String> RESHAPES = List.of("Reshape", "Flatten");

    private final OnnxGraphBuilder builder;

    Shaping(OnnxGraphBuilder builder) {
        this.builder = builder;
    }

    /** What an operand is before its extents alone were changed. */
    static WrittenValue origin(WrittenValue operand) {
        return operand instanceof WrittenValue.Result result && RESHAPES.contains(result.opType())
                ? origin(result.inputs().getFirst())
                : operand;
    }

    WrittenValue reshape(WrittenValue source, BatchExtents target) {
        WrittenValue origin = origin(source);
        if (origin.extents().equals(target)) {
            return origin;
        }
        if (origin instanceof WrittenValue.Known known && target.growing() == 0) {
            return new WrittenValue.Known(
                    known.name(),
                    new OnnxTensor(
                            known.tensor().type(),
                            Arrays.stream(target.open()).boxed().toList(),
                            known.tensor().data()));
        }
        if (target.rank() == 2
                && origin.extents().rank() > 2
                && target.dim(0).equals(origin.extents().dim(0))) {
            return builder.node("Flatten", target, Map.of("axis", new OnnxAttribute.Whole(1)), origin);
        }
        WrittenValue shape = target.growing() > 1 ? shape(target) : builder.wholes("shape", target.open());
        return builder.node("Reshape", target, origin, shape);
    }

    /** Extents as a row of numbers that follows the batch. */
    private WrittenValue shape(BatchExtents target) {
        BatchExtents one = BatchExtents.of(1);
        WrittenValue batch = builder.node(
                "Shape",
                one,
                Map.of("start", new OnnxAttribute.Whole(0), "end", new OnnxAttribute.Whole(1)),
                builder.firstInput());
        List<WrittenValue> parts = new ArrayList<>();
        for (Extent dim : target.dims()) {
            if (!dim.ofBatch()) {
                parts.add(builder.wholes("extent", dim.count()));
            } else if (dim.count() == 1) {
                parts.add(batch);
            } else {
                parts.add(builder.node("Mul", one, batch, builder.wholes("extent", dim.count())));
            }
        }
        return parts.size() == 1
                ? parts.getFirst()
                : builder.node(
                        "Concat",
                        BatchExtents.of(parts.size()),
                        Map.of("axis", new OnnxAttribute.Whole(0)),
                        parts.toArray(WrittenValue[]::new));
    }

    /** Repeats where an extent is 1. */
    WrittenValue expand(WrittenValue source, BatchExtents target) {
        if (source.extents().equals(target)) {
            return source;
        }
        // An extent of 1 leaves that axis as it is.
        BatchExtents wanted = new BatchExtents(IntStream.range(0, target.rank())
                .mapToObj(i -> source.extents().dim(i).equals(target.dim(i)) ? BatchExtents.ONE : target.dim(i))
                .toList());
        WrittenValue shape = wanted.growing() > 0 ? shape(wanted) : builder.wholes("shape", wanted.open());
        return builder.node("Expand", target, source, shape);
    }

    WrittenValue transpose(WrittenValue source, List<Integer> order) {
        if (source instanceof WrittenValue.Known known) {
            return new WrittenValue.Known(known.name(), TensorMoves.transposed(known.tensor(), order));
        }
        return builder.node(
                "Transpose",
                source.extents().permuted(order),
                Map.of(
                        "perm",
                        new OnnxAttribute.Wholes(
                                order.stream().map(Integer::longValue).toList())),
                source);
    }

    /** The last two axes exchanged. */
    WrittenValue transposeMatrices(WrittenValue source) {
        int rank = source.extents().rank();
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        order.set(rank - 2, rank - 1);
        order.set(rank - 1, rank - 2);
        return transpose(source, order);
    }

    /** A range along an axis; up to its end, wherever that is, where it grows with the batch. */
    WrittenValue slice(WrittenValue source, int axis, int from, Extent length) {
        if (source instanceof WrittenValue.Known known) {
            return new WrittenValue.Known(
                    known.name(), TensorMoves.sliced(known.tensor(), axis, from, Math.toIntExact(length.count())));
        }
        return builder.node(
                "Slice",
                source.extents().with(axis, length),
                source,
                builder.wholes("starts", from),
                builder.wholes("ends", length.ofBatch() ? Long.MAX_VALUE : from + length.count()),
                builder.wholes("axes", axis));
    }

    WrittenValue concat(int axis, List<WrittenValue> sources, BatchExtents target) {
        if (sources.size() == 1) {
            return sources.getFirst();
        }
        if (sources.stream().allMatch(WrittenValue.Known.class::isInstance)) {
            List<WrittenValue.Known> known =
                    sources.stream().map(WrittenValue.Known.class::cast).toList();
            return new WrittenValue.Known(
                    known.getFirst().name(),
                    TensorMoves.joined(
                            known.stream().map(WrittenValue.Known::tensor).toList(), axis));
        }
        return builder.node(
                "Concat", target, Map.of("axis", new OnnxAttribute.Whole(axis)), sources.toArray(WrittenValue[]::new));
    }
}
