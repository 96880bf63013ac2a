package dev.thalweg.graph;

import java.util.List;
import java.util.Objects;

/**
 * A pass: an elementwise function that alone uses the result of a convolution, an inner product or a sum becomes part
 * of it, which spares a pass over memory. In a graph that will be differentiated only functions whose gradient is
 * computed from their output are fused, since their input is then never stored. To be applied before differentiation.
 */
final class FuseActivation {
    private FuseActivation() {}

    /**
     * Rewrites a graph that is being built.
     *
     * @param builder holds the forward operations
     * @param kept values that must stay, because somebody will ask for them
     * @param differentiated whether gradients will be added
     */
    public static void apply(GraphBuilder builder, List<Value> kept, boolean differentiated) {
        Objects.requireNonNull(kept, "kept");
        for (Node activation : List.copyOf(builder.nodes())) {
            if (activation.op() instanceof Eltwise function && (!differentiated || function.backwardUsesOutput())) {
                Node producer = builder.onlyFor(activation, activation.input(0), kept);
                if (producer != null) {
                    producer.op()
                            .fused(function)
                            .ifPresent(fused -> builder.replace(
                                    producer, activation, new Node(fused, producer.inputs(), activation.outputs())));
                }
            }
        }
    }
}
