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
     * Finds what {@link #quantize} can have read as integers, after {@link #beforeGradients}.
     *
     * @param builder holds the operations, which will not be differentiated
     * @return the sources of all operations that could compute in integers, each named as the parameter that the
     *     operation's weights are made of, with {@code #2} and so on behind it where one parameter serves several; and
     *     what operations add to their results, with {@code summand} behind that. The names are the same whatever the
     *     batch, and in the graph's order
     */
    public static Map<String, Value> quantizable(GraphBuilder builder) {
        return QuantizableOperations.values(builder);
    }

    /**
     * Lets operations compute in integers, after {@link #beforeGradients}: those whose sources are named; the others
     * compute in floats. What was added to a result and is named too lets that result be kept as integers.
     *
     * @param builder holds the operations, which will not be differentiated
     * @param kept values that must stay, because somebody will ask for them
     * @param activations how values are quantized, by the names of {@link #quantizable}
     * @throws IllegalArgumentException if the graph has no such name, or two of them are one value and quantized
     *         differently
     */
    public static void quantize(GraphBuilder builder, List<Value> kept, Map<String, Quantization> activations) {
        QuantizeOperations.apply(builder, kept, activations);
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
