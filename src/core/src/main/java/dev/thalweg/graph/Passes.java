package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import java.util.List;
import java.util.Map;

/** All passes, in the order in which they work together. */
public final class Passes {
    private Passes() {}

    /**
     * Rewrites the forward operations.
     *
     * @param builder holds them
     * @param kept values that must stay, because somebody will ask for them
     * @param differentiated whether gradients will be added
     */
    public static void beforeGradients(GraphBuilder builder, List<Value> kept, boolean differentiated) {
        if (!differentiated) {
            FoldNormalization.apply(builder, kept);
            FuseResidualSum.apply(builder, kept);
        }
        FuseNormalizationRelu.apply(builder, kept);
        if (differentiated) {
            // After normalizations have taken the ReLUs that cost them nothing.
            PoolBeforeRelu.apply(builder, kept);
        }
        FuseActivation.apply(builder, kept, differentiated);
    }

    /**
     * Lets convolutions compute in integers, after {@link #beforeGradients}.
     *
     * @param builder holds the operations, which will not be differentiated
     * @param kept values that must stay, because somebody will ask for them
     * @param activations how the sources of convolutions are quantized; the others compute in floats
     * @param weights the scale of each filter, by the convolution's weights
     */
    public static void quantize(
            GraphBuilder builder, List<Value> kept, Map<Value, Quantization> activations, Map<Value, float[]> weights) {
        QuantizeConvolutions.apply(builder, kept, activations, weights);
    }

    /**
     * Rewrites a finished graph.
     *
     * @param graph with its gradients, if it shall have some
     * @param precision of activations
     * @return the graph to compile
     */
    public static Graph afterGradients(Graph graph, DataType precision) {
        return precision == DataType.FLOAT32 ? graph : MixedPrecision.apply(graph, precision);
    }
}
