package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.Recurrence;
import dev.thalweg.interop.onnx.writing.BatchExtents.Extent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Recurrent cells, whose gates ONNX puts in another order, each a block of rows. */
final class Recurrences {
    private final OnnxGraphBuilder builder;
    private final Shaping shaping;

    Recurrences(OnnxGraphBuilder builder, Shaping shaping) {
        this.builder = builder;
        this.shaping = shaping;
    }

    /** The inputs are those of {@link Recurrence}; one direction, from a state of zeros. */
    WrittenValue recurrence(Recurrence op, List<WrittenValue> inputs, BatchExtents extents) {
        int units = Math.toIntExact(extents.dim(2).count());
        // i, f, g, o are i, o, f, g there; u, r, n are in their places.
        List<Integer> gates = op.kind() == Recurrence.Kind.LSTM ? List.of(0, 3, 1, 2) : List.of(0, 1, 2);
        Attributes attributes = new Attributes().whole("hidden_size", units);
        if (op.kind() == Recurrence.Kind.GRU) {
            attributes.whole("linear_before_reset", 1);
        }
        WrittenValue states = builder.node(
                op.kind().name(),
                new BatchExtents(List.of(extents.dim(0), BatchExtents.ONE, extents.dim(1), extents.dim(2))),
                attributes.all(),
                inputs.get(0),
                direction(blocks(shaping.transposeMatrices(inputs.get(1)), units, gates)),
                direction(blocks(shaping.transposeMatrices(inputs.get(2)), units, gates)),
                direction(bias(inputs.get(3), units, gates)));
        return builder.node("Squeeze", extents, states, builder.wholes("axes", 1));
    }

    /** What belongs to the first, and only, direction. */
    private WrittenValue direction(WrittenValue weights) {
        List<Extent> dims = new ArrayList<>(weights.extents().dims());
        dims.addFirst(BatchExtents.ONE);
        return shaping.reshape(weights, new BatchExtents(dims));
    }

    private WrittenValue blocks(WrittenValue weights, int units, List<Integer> order) {
        return rows(parts(weights, units, order), weights.extents());
    }

    private List<WrittenValue> parts(WrittenValue weights, int units, List<Integer> order) {
        return order.stream()
                .map(gate -> shaping.slice(weights, 0, gate * units, new Extent(units, false)))
                .toList();
    }

    private WrittenValue rows(List<WrittenValue> parts, BatchExtents like) {
        long rows =
                parts.stream().mapToLong(part -> part.extents().dim(0).count()).sum();
        return shaping.concat(0, parts, like.with(0, rows));
    }

    /** That of the inputs and that of the state: the second has numbers in a GRU's last gate alone. */
    private WrittenValue bias(WrittenValue bias, int units, List<Integer> order) {
        WrittenValue none = builder.floats("zeros", new float[units], units);
        List<WrittenValue> parts = new ArrayList<>(parts(bias, units, order));
        parts.addAll(Collections.nCopies(order.size(), none));
        if (order.size() < Recurrence.BIASES) {
            parts.removeLast();
            parts.addAll(parts(bias, units, List.of(order.size())));
        }
        return rows(parts, bias.extents());
    }
}
