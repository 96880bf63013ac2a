package dev.thalweg.graph;

import dev.thalweg.collective.Replication;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A pass: the forward operations of one replica among several, each of which computes a share of a batch. Moving
 * averages follow the mean over all replicas, and batch normalizations use the statistics of the whole batch where that
 * is wanted. To be applied before any other.
 */
final class Replicate {
    private final GraphBuilder builder;
    private final Replication replication;
    private final Value share;

    private Replicate(GraphBuilder builder, Replication replication, Value share) {
        this.builder = builder;
        this.replication = replication;
        this.share = share;
    }

    /**
     * Rewrites a graph that is being built.
     *
     * @param builder holds the forward operations
     * @param replication this replica among the others
     * @param share of the batch, one number of rank 1; those of all replicas add up to 1
     */
    static void apply(GraphBuilder builder, Replication replication, Value share) {
        Replicate pass = new Replicate(builder, replication, share);
        for (Node node : builder.takeNodes()) {
            if (replication.synchronizedBatchNormalization() && node.op() instanceof BatchNormalization op) {
                pass.normalizeWhole(node, op);
            } else if (!replication.synchronizedBatchNormalization() && node.op() instanceof Track op) {
                // Statistics of whole batches are the same in all replicas as they are.
                builder.add(new Node(op, List.of(node.input(0), pass.meanOfAll(node.input(1))), List.of()));
            } else {
                builder.add(node);
            }
        }
    }

    /** The mean over all pictures of the batch of what is a mean over those of this replica. */
    private Value meanOfAll(Value mean) {
        return builder.apply(new AllReduce(replication.collective()), builder.multiply(mean, share));
    }

    /**
     * The formulas of {@link BatchNormalization}, with means over all replicas. Deviations are taken from the mean
     * before they are squared: a difference of two large sums would lose the digits that count.
     */
    private void normalizeWhole(Node node, BatchNormalization op) {
        Value source = node.input(0);
        int rank = source.shape().rank();
        int[] others = IntStream.range(0, rank).filter(axis -> axis != 1).toArray();
        Value mean = meanOfAll(builder.reduce(Reduction.Kind.MEAN, source, others));
        Value centered = builder.binary(Binary.Kind.SUB, source, mean);
        Value squares = builder.eltwise(Eltwise.Kind.SQUARE, centered);
        Value variance = meanOfAll(builder.reduce(Reduction.Kind.MEAN, squares, others));
        Value deviation = builder.eltwise(Eltwise.Kind.SQRT, builder.linear(variance, 1, op.epsilon()));
        Value scale = builder.binary(Binary.Kind.DIV, perChannel(node.input(1), rank), deviation);
        Value scaled = builder.multiply(centered, scale);
        List<Value> sum = List.of(scaled, perChannel(node.input(2), rank));
        List<Value> results = new ArrayList<>(node.outputs());
        builder.add(new Node(new Binary(Binary.Kind.ADD), sum, List.of(results.get(0))));
        builder.add(new Node(new Reshape(results.get(1).shape()), List.of(mean), List.of(results.get(1))));
        builder.add(new Node(new Reshape(results.get(2).shape()), List.of(variance), List.of(results.get(2))));
    }

    private Value perChannel(Value value, int rank) {
        int channels = value.shape().dim(0);
        int[] dims =
                IntStream.range(0, rank).map(axis -> axis == 1 ? channels : 1).toArray();
        return builder.reshape(value, Shape.of(dims));
    }
}
