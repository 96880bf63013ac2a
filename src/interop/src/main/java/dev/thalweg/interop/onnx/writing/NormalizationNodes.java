package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.BatchNormalization;
import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Reduction;
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

    /** What a node of a graph yields, if it is the last one of a normalization over the last axis. */
    Optional<WrittenValue> rows(Node node) {
        return scaledAndShifted(node).or(() -> plain(node));
    }

    private Optional<WrittenValue> scaledAndShifted(Node add) {
        return binary(add, Binary.Kind.ADD)
                .flatMap(shifted -> traced.producer(shifted.input(0), Binary.class))
                .flatMap(node -> binary(node, Binary.Kind.MUL))
                .flatMap(scaled -> traced.producer(scaled.input(0), Binary.class)
                        .flatMap(this::normalization)
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

    /** The fragment {@code normalize}. */
    private Optional<Rows> normalization(Node node) {
        return binary(node, Binary.Kind.DIV)
                .flatMap(div -> traced.producer(div.input(0), Binary.class)
                        .flatMap(sub -> binary(sub, Binary.Kind.SUB))
                        .filter(sub -> lastMean(sub.input(1)).equals(Optional.of(sub.input(0))))
                        .flatMap(sub ->
                                epsilon(div.input(1), sub.output()).map(epsilon -> new Rows(sub.input(0), epsilon))));
    }

    /** Of what a value is the mean along the last axis. */
    private Optional<Value> lastMean(Value value) {
        Reduction mean =
                new Reduction(Reduction.Kind.MEAN, List.of(value.shape().rank() - 1));
        return traced.producer(value, Reduction.class)
                .filter(node -> node.op().equals(mean))
                .map(node -> node.input(0));
    }

    /** What was added to the variance of centred numbers, if a value is their deviation. */
    private Optional<Float> epsilon(Value deviation, Value centred) {
        return function(deviation, Eltwise.Kind.SQRT)
                .flatMap(sqrt -> function(sqrt.input(0), Eltwise.Kind.LINEAR))
                .filter(linear -> ((Eltwise) linear.op()).alpha() == 1)
                .filter(linear -> lastMean(linear.input(0))
                        .flatMap(squares -> function(squares, Eltwise.Kind.SQUARE))
                        .filter(square -> square.input(0).equals(centred))
                        .isPresent())
                .map(linear -> ((Eltwise) linear.op()).beta());
    }

    private Optional<Node> function(Value value, Eltwise.Kind kind) {
        return traced.producer(value, Eltwise.class).filter(node -> ((Eltwise) node.op()).kind() == kind);
    }
}
