package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.BatchNormalization;
import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.LayerNormalization;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.writing.BatchExtents.Extent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** What brings numbers to mean 0 and variance 1, put together again where a graph has it in pieces. */
final class NormalizationNodes {
    private final OnnxGraphBuilder builder;
    private final Shaping shaping;
    private final FunctionNodes functions;
    private final TracedNetwork traced;
    private final WrittenValues operands;

    NormalizationNodes(
            OnnxGraphBuilder builder,
            Shaping shaping,
            FunctionNodes functions,
            TracedNetwork traced,
            WrittenValues operands) {
        this.builder = builder;
        this.shaping = shaping;
        this.functions = functions;
        this.traced = traced;
        this.operands = operands;
    }

    /**
     * A normalization over the last axis.
     *
     * @param source what is normalized
     * @param epsilon added to variances
     */
    private record Rows(Value source, float epsilon) {}

    WrittenValue batch(BatchNormalizationInference op, List<WrittenValue> inputs, BatchExtents extents) {
        WrittenValue result = builder.node(
                "BatchNormalization",
                extents,
                new Attributes().real("epsilon", op.epsilon()).all(),
                inputs.toArray(WrittenValue[]::new));
        return op.relu() ? functions.of("Relu", result) : result;
    }

    /** By the batch's own statistics, which come out too. */
    List<WrittenValue> batch(BatchNormalization op, List<WrittenValue> inputs, BatchExtents extents) {
        WrittenValue source = inputs.getFirst();
        BatchExtents channel = BatchExtents.of(LongStream.range(0, extents.rank())
                .map(i -> i == 1 ? extents.dim(1).count() : 1)
                .toArray());
        WrittenValue mean = mean(source, channel);
        WrittenValue centred = functions.of("Sub", source, mean);
        WrittenValue variance = mean(functions.of("Mul", centred, centred), channel);
        WrittenValue deviation = functions.of("Sqrt", functions.number("Add", variance, op.epsilon()));
        WrittenValue scaled =
                functions.of("Mul", functions.of("Div", centred, deviation), shaping.reshape(inputs.get(1), channel));
        WrittenValue result = functions.of("Add", scaled, shaping.reshape(inputs.get(2), channel));
        BatchExtents row = BatchExtents.of(extents.dim(1).count());
        return List.of(
                op.relu() ? functions.of("Relu", result) : result,
                shaping.reshape(mean, row),
                shaping.reshape(variance, row));
    }

    private WrittenValue mean(WrittenValue source, BatchExtents channel) {
        long[] axes = LongStream.range(0, channel.rank()).filter(i -> i != 1).toArray();
        return builder.node(
                "ReduceMean", channel, new Attributes().wholes("axes", axes).all(), source);
    }

    /** A normalization over the last axis. */
    WrittenValue layer(Node node, LayerNormalization op, List<WrittenValue> inputs, BatchExtents extents) {
        Rows rows = new Rows(node.input(0), op.epsilon());
        return inputs.size() > 1
                ? layer(rows, node.input(1), node.input(2))
                        .orElseGet(() -> functions.of(
                                "Add", functions.of("Mul", centred(op, inputs, extents), inputs.get(1)), inputs.get(2)))
                : plain(node).orElseGet(() -> centred(op, inputs, extents));
    }

    /** By simpler operators. */
    private WrittenValue centred(LayerNormalization op, List<WrittenValue> inputs, BatchExtents extents) {
        BatchExtents row = extents.with(extents.rank() - 1, 1);
        WrittenValue centred = functions.of("Sub", inputs.getFirst(), rowMean(inputs.getFirst(), row));
        WrittenValue variance = rowMean(functions.of("Mul", centred, centred), row);
        return functions.of("Div", centred, functions.of("Sqrt", functions.number("Add", variance, op.epsilon())));
    }

    private WrittenValue rowMean(WrittenValue source, BatchExtents row) {
        return builder.node(
                "ReduceMean",
                row,
                new Attributes().wholes("axes", row.rank() - 1).all(),
                source);
    }

    /** What a node of a graph yields, if it is the last one of a normalization, then scaled and shifted by others. */
    Optional<WrittenValue> scaledAndShifted(Node add) {
        return binary(add, Binary.Kind.ADD)
                .flatMap(shifted -> traced.producer(shifted.input(0), Binary.class))
                .flatMap(node -> binary(node, Binary.Kind.MUL))
                .flatMap(scaled -> traced.producer(scaled.input(0), LayerNormalization.class)
                        .flatMap(NormalizationNodes::normalization)
                        .flatMap(rows -> layer(rows, scaled.input(1), add.input(1))));
    }

    private Optional<WrittenValue> layer(Rows rows, Value scale, Value shift) {
        BatchExtents extents = traced.extents(rows.source());
        Extent last = extents.dim(-1);
        BatchExtents row = new BatchExtents(List.of(last));
        if (last.ofBatch()
                || traced.extents(scale).count() != last.count()
                || traced.extents(shift).count() != last.count()
                || !traced.extents(scale).dim(-1).equals(last)
                || !traced.extents(shift).dim(-1).equals(last)) {
            return Optional.empty();
        }
        WrittenValue source = operands.get(rows.source());
        // Along the last axis it is the same whether the others are one or several.
        WrittenValue origin = Shaping.origin(source);
        WrittenValue normalized = builder.node(
                "LayerNormalization",
                origin.extents().dim(-1).equals(last) ? origin.extents() : extents,
                new Attributes()
                        .whole("axis", -1)
                        .real("epsilon", rows.epsilon())
                        .all(),
                origin.extents().dim(-1).equals(last) ? origin : source,
                shaping.reshape(operands.get(scale), row),
                shaping.reshape(operands.get(shift), row));
        return Optional.of(shaping.reshape(normalized, extents));
    }

    /** Without scale and shift: several rows of each example as channels of it, each normalized for itself. */
    private Optional<WrittenValue> plain(Node node) {
        return normalization(node).flatMap(rows -> {
            BatchExtents extents = traced.extents(rows.source());
            if (extents.rank() != 2
                    || !extents.dim(0).ofBatch()
                    || extents.dim(1).ofBatch()) {
                return Optional.empty();
            }
            long channels = extents.dim(0).count();
            BatchExtents parted =
                    new BatchExtents(List.of(new Extent(1, true), new Extent(channels, false), extents.dim(1)));
            float[] ones = new float[Math.toIntExact(channels)];
            Arrays.fill(ones, 1);
            WrittenValue normalized = builder.node(
                    "InstanceNormalization",
                    parted,
                    new Attributes().real("epsilon", rows.epsilon()).all(),
                    shaping.reshape(operands.get(rows.source()), parted),
                    builder.floats("ones", ones, channels),
                    builder.floats("zeros", new float[ones.length], channels));
            return Optional.of(shaping.reshape(normalized, extents));
        });
    }

    private static Optional<Node> binary(Node node, Binary.Kind kind) {
        return Optional.of(node).filter(n -> n.op().equals(new Binary(kind)));
    }

    /** A normalization without scale and shift. */
    private static Optional<Rows> normalization(Node node) {
        return node.op() instanceof LayerNormalization op && node.inputs().size() == 1
                ? Optional.of(new Rows(node.input(0), op.epsilon()))
                : Optional.empty();
    }
}
