package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;

/**
 * A pass for inference: a batch normalization by given statistics that alone uses a convolution's result becomes part
 * of the convolution's weights and bias (Jacob et al., CVPR 2018, section 3.2): {@code w' = wγ/√(σ²+ε)},
 * {@code b' = (b − μ)γ/√(σ²+ε) + β}. The weights are computed within the graph; a backend does so only when parameters
 * have changed.
 */
final class FoldNormalization {
    private FoldNormalization() {}

    /**
     * Rewrites a graph that is being built and will not be differentiated.
     *
     * @param builder holds the operations
     * @param kept values that must stay, because somebody will ask for them
     */
    public static void apply(GraphBuilder builder, List<Value> kept) {
        Objects.requireNonNull(kept, "kept");
        for (Node normalization : List.copyOf(builder.nodes())) {
            if (normalization.op() instanceof BatchNormalizationInference op) {
                Node convolution = builder.onlyFor(normalization, normalization.input(0), kept);
                if (convolution != null
                        && convolution.op() instanceof Convolution c
                        && c.postOps().equals(PostOps.NONE)) {
                    fold(builder, convolution, c, normalization, op);
                }
            }
        }
    }

    private static void fold(
            GraphBuilder builder,
            Node convolution,
            Convolution op,
            Node normalization,
            BatchNormalizationInference statistics) {
        int before = builder.nodes().size();
        Value weights = convolution.input(1);
        Value deviation =
                builder.eltwise(Eltwise.Kind.SQRT, builder.linear(normalization.input(4), 1, statistics.epsilon()));
        Value factor = builder.binary(Binary.Kind.DIV, normalization.input(1), deviation);
        int filters = weights.shape().dim(0);
        Value scaled = builder.reshape(
                builder.multiply(builder.flatten(weights), builder.reshape(factor, Shape.of(filters, 1))),
                weights.shape());
        Value mean = normalization.input(3);
        Value bias = op.hasBias(convolution.inputs().size())
                ? builder.binary(Binary.Kind.SUB, convolution.input(2), mean)
                : builder.linear(mean, -1, 0);
        Value shifted = builder.add(builder.multiply(bias, factor), normalization.input(2));
        builder.moveBefore(before, normalization);
        PostOps postOps = statistics.relu() ? PostOps.NONE.then(new Eltwise(Eltwise.Kind.RELU, 0, 0)) : PostOps.NONE;
        builder.replace(
                normalization,
                convolution,
                new Node(
                        new Convolution(op.window(), op.groups(), postOps),
                        List.of(convolution.input(0), scaled, shifted),
                        normalization.outputs()));
    }
}
