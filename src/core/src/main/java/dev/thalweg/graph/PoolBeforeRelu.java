package dev.thalweg.graph;

import java.util.List;
import java.util.Objects;

/**
 * A pass for training: a maximum over windows of rectified values is the rectified maximum, so the ReLU moves behind
 * the pooling, where there is less to rectify, forward and backward. Values and gradients stay the same to the bit:
 * where a window's maximum is not positive, neither form lets a gradient through. To be applied before differentiation.
 */
final class PoolBeforeRelu {
    private PoolBeforeRelu() {}

    /**
     * Rewrites a graph that is being built.
     *
     * @param builder holds the forward operations
     * @param kept values that must stay, because somebody will ask for them
     */
    public static void apply(GraphBuilder builder, List<Value> kept) {
        Objects.requireNonNull(kept, "kept");
        for (Node pooling : List.copyOf(builder.nodes())) {
            if (pooling.op() instanceof Pooling pool && pool.kind() == Pooling.Kind.MAX) {
                Node relu = builder.onlyFor(pooling, pooling.input(0), kept);
                if (relu != null && relu.op() instanceof Eltwise op && op.isRelu()) {
                    int before = builder.nodes().size();
                    Value pooled = builder.apply(pool, relu.input(0));
                    builder.moveBefore(before, pooling);
                    builder.replace(pooling, relu, new Node(op, List.of(pooled), pooling.outputs()));
                }
            }
        }
    }
}
