package dev.thalweg.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A pass: a ReLU that alone uses a batch normalization's result becomes part of it, which spares a pass over memory
 * forward and another backward. To be applied before differentiation.
 */
final class FuseNormalizationRelu {
    private FuseNormalizationRelu() {}

    /**
     * Rewrites a graph that is being built.
     *
     * @param builder holds the forward operations
     * @param kept values that must stay, because somebody will ask for them
     */
    public static void apply(GraphBuilder builder, List<Value> kept) {
        Objects.requireNonNull(kept, "kept");
        for (Node relu : List.copyOf(builder.nodes())) {
            if (relu.op() instanceof Eltwise function && function.isRelu()) {
                Node normalization = builder.onlyFor(relu, relu.input(0), kept);
                if (normalization != null && isNormalization(normalization.op())) {
                    normalization.op().fused(function).ifPresent(fused -> {
                        List<Value> outputs = new ArrayList<>(normalization.outputs());
                        outputs.set(0, relu.output());
                        builder.replace(normalization, relu, new Node(fused, normalization.inputs(), outputs));
                    });
                }
            }
        }
    }

    private static boolean isNormalization(Op op) {
        return op instanceof BatchNormalization || op instanceof BatchNormalizationInference;
    }
}
