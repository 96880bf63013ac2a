package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.Broadcast;
import dev.thalweg.graph.Concat;
import dev.thalweg.graph.Constant;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Reshape;
import dev.thalweg.graph.Value;
import java.util.List;
import java.util.Optional;

/** Margins and repeated pixels, which ONNX has operators for and a graph has in pieces. */
final class Resizings {
    private final OnnxGraphBuilder builder;
    private final TracedNetwork traced;
    private final WrittenValues operands;

    Resizings(OnnxGraphBuilder builder, TracedNetwork traced, WrittenValues operands) {
        this.builder = builder;
        this.traced = traced;
        this.operands = operands;
    }

    /** What a joining of one tensor with constants on its sides yields. */
    Optional<WrittenValue> margins(Concat op, Node node, BatchExtents extents) {
        List<Value> flowing = node.inputs().stream()
                .filter(value -> constant(value).isEmpty())
                .toList();
        List<Float> numbers = node.inputs().stream()
                .flatMap(value -> constant(value).stream())
                .map(Constant::value)
                .distinct()
                .toList();
        if (flowing.size() != 1 || numbers.size() != 1) {
            return Optional.empty();
        }
        Value inner = flowing.getFirst();
        int place = node.inputs().indexOf(inner);
        return Optional.of(pad(
                operands.get(inner),
                numbers.getFirst(),
                op.axis(),
                length(node.inputs().subList(0, place), op.axis()),
                length(node.inputs().subList(place + 1, node.inputs().size()), op.axis()),
                extents));
    }

    private Optional<Constant> constant(Value value) {
        return traced.producer(value, Constant.class).map(node -> (Constant) node.op());
    }

    private long length(List<Value> values, int axis) {
        return values.stream()
                .mapToLong(value -> traced.extents(value).dim(axis).count())
                .sum();
    }

    /** Margins around margins are one. */
    private WrittenValue pad(
            WrittenValue source, float number, int axis, long before, long after, BatchExtents extents) {
        int rank = extents.rank();
        long[] pads = new long[2 * rank];
        pads[axis] = before;
        pads[rank + axis] = after;
        WrittenValue value = builder.scalar("value", number);
        WrittenValue inner = source;
        if (source instanceof WrittenValue.Result result
                && result.opType().equals("Pad")
                && result.inputs().get(1) instanceof WrittenValue.Known known
                && result.inputs().get(2) instanceof WrittenValue.Known same
                && same.tensor().floats()[0] == number) {
            long[] others = known.tensor().wholes();
            for (int i = 0; i < pads.length; i++) {
                pads[i] += others[i];
            }
            inner = result.inputs().getFirst();
        }
        return builder.node("Pad", extents, inner, builder.wholes("pads", pads), value);
    }

    /** What repeats each pixel of pictures, where it is put together to larger pictures. */
    Optional<WrittenValue> enlarged(Node node, BatchExtents extents) {
        return traced.producer(node.input(0), Broadcast.class)
                .flatMap(repeated -> traced.producer(repeated.input(0), Reshape.class)
                        .flatMap(pixels -> enlarged(
                                operands.get(pixels.input(0)),
                                operands.get(repeated.input(0)).extents(),
                                traced.extents(repeated.output()),
                                extents)));
    }

    /** The pictures {@code [N, C, H, W]}, as {@code [N·C·H, 1, W, 1]}, repeated, and as {@code [N, C, rH, cW]}. */
    private Optional<WrittenValue> enlarged(
            WrittenValue source, BatchExtents pixels, BatchExtents repeated, BatchExtents extents) {
        BatchExtents pictures = source.extents();
        if (pictures.rank() != 4 || extents.rank() != 4 || pixels.rank() != 4) {
            return Optional.empty();
        }
        long rows = repeated.dim(1).count();
        long columns = repeated.dim(3).count();
        BatchExtents.Extent line = pictures.dim(0);
        boolean fits = pixels.equals(new BatchExtents(List.of(
                        new BatchExtents.Extent(
                                line.count()
                                        * pictures.dim(1).count()
                                        * pictures.dim(2).count(),
                                line.ofBatch()),
                        BatchExtents.ONE,
                        pictures.dim(3),
                        BatchExtents.ONE)))
                && extents.equals(pictures.with(2, pictures.dim(2).count() * rows)
                        .with(3, pictures.dim(3).count() * columns));
        if (!fits) {
            return Optional.empty();
        }
        return Optional.of(builder.node(
                "Resize",
                extents,
                new Attributes()
                        .text("mode", "nearest")
                        .text("coordinate_transformation_mode", "asymmetric")
                        .text("nearest_mode", "floor")
                        .all(),
                source,
                new WrittenValue.Missing(),
                builder.floats("scales", new float[] {1, 1, rows, columns}, 4)));
    }
}
