package dev.thalweg.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A pass for inference: a convolution whose result is only added to another value adds it itself. Whether it does so in
 * that value's memory is decided by {@code InPlace}; a backend that can add in no other place copies the value first,
 * which takes no more passes over memory than the sum took by itself.
 */
final class FuseResidualSum {
    private FuseResidualSum() {}

    /**
     * Rewrites a graph that is being built and will not be differentiated.
     *
     * @param builder holds the operations
     * @param kept values that must stay, because somebody will ask for them
     */
    public static void apply(GraphBuilder builder, List<Value> kept) {
        Objects.requireNonNull(kept, "kept");
        for (Node sum : List.copyOf(builder.nodes())) {
            if (sum.op() instanceof Binary b
                    && b.kind() == Binary.Kind.ADD
                    && sum.input(0).shape().equals(sum.input(1).shape())
                    && !fuse(builder, kept, sum, b, sum.input(0), sum.input(1))) {
                fuse(builder, kept, sum, b, sum.input(1), sum.input(0));
            }
        }
    }

    private static boolean fuse(
            GraphBuilder builder, List<Value> kept, Node sum, Binary op, Value result, Value residual) {
        Node convolution = builder.onlyFor(sum, result, kept);
        if (result.equals(residual)
                || convolution == null
                || !(convolution.op() instanceof Convolution c)
                || !c.postOps().equals(PostOps.NONE)) {
            return false;
        }
        List<Value> inputs = new ArrayList<>(convolution.inputs());
        inputs.add(residual);
        Convolution summing = new Convolution(c.window(), c.groups(), new PostOps(true, op.activation()));
        builder.replace(sum, convolution, new Node(summing, inputs, sum.outputs()));
        return true;
    }
}
