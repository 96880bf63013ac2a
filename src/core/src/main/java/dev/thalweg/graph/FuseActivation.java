package dev.thalweg.graph;

import java.util.List;

/**
 * A pass: an elementwise function that alone uses the result of a convolution, an inner product or a sum becomes part
 * of it, which spares a pass over memory. In a graph that will be differentiated only functions whose gradient is
 * computed from their output are fused, since their input is then never stored. To be applied before differentiation.
 */
public final class FuseActivation {
    private FuseActivation() {}

    /**
     * Rewrites a graph that is being built.
     *
     * @param builder holds the forward operations
     * @param kept values that must stay, because somebody will ask for them
     * @param differentiated whether gradients will be added
     */
    public static void apply(GraphBuilder builder, List<Value> kept, boolean differentiated) {
        for (Node activation : List.copyOf(builder.nodes())) {
            if (activation.op() instanceof Eltwise function && (!differentiated || function.backwardUsesOutput())) {
                Node producer = builder.onlyFor(activation, activation.input(0), kept);
                Op fused = producer == null ? null : fused(producer.op(), function);
                if (fused != null) {
                    builder.replace(producer, activation, new Node(fused, producer.inputs(), activation.outputs()));
                }
            }
        }
    }

    private static Op fused(Op op, Eltwise function) {
        return switch (op) {
            case Convolution c
            when c.postOps().activation() == null ->
                new Convolution(c.window(), c.groups(), c.postOps().then(function));
            case InnerProduct p when p.activation() == null -> new InnerProduct(function);
            case Binary b when b.kind() == Binary.Kind.ADD && b.activation() == null -> new Binary(b.kind(), function);
            default -> null;
        };
    }
}
