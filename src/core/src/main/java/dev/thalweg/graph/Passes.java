package dev.thalweg.graph;

import dev.thalweg.collective.Replication;
import dev.thalweg.tensor.DataType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** All passes, in the order in which they work together. */
public final class Passes {
    private Passes() {}

    /**
     * Makes the forward operations those of one replica among several, each of which computes a share of a batch. To be
     * applied before {@link #beforeGradients}.
     *
     * @param builder holds them
     * @param replication this replica among the others
     * @param share of the batch, one number; those of all replicas add up to 1
     */
    public static void replicate(GraphBuilder builder, Replication replication, Value share) {
        Replicate.apply(
                builder, Objects.requireNonNull(replication, "replication"), Objects.requireNonNull(share, "share"));
    }

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
     * Adds what shows the results of convolutions that could compute in integers, after {@link #beforeGradients}.
     *
     * @param builder holds the operations, which will not be differentiated
     * @return what a convolution yields before anything is added to it, and before a function is applied that does more
     *     than cut off what is below 0 or above another number, named by {@link #result}; those alone that
     *     {@link #quantizable} has no name for
     */
    public static Map<String, Value> results(GraphBuilder builder) {
        return QuantizableOperations.results(builder);
    }

    /**
     * {@return all names that {@link #quantize} knows}
     *
     * @param builder holds the operations, which will not be differentiated
     */
    public static Set<String> quantizableNames(GraphBuilder builder) {
        Set<String> names =
                new LinkedHashSet<>(QuantizableOperations.values(builder).keySet());
        names.addAll(QuantizableOperations.convolutions(builder).keySet());
        return names;
    }

    /**
     * {@return what the result of a convolution is called}
     *
     * @param operation what itself is called by {@link #quantizable}
     */
    public static String result(String operation) {
        return QuantizableOperations.result(Objects.requireNonNull(operation, "operation"));
    }

    /**
     * {@return what the summand of a convolution is called}
     *
     * @param operation what itself is called by {@link #quantizable}
     */
    public static String summand(String operation) {
        return QuantizableOperations.summand(Objects.requireNonNull(operation, "operation"));
    }

    /**
     * Lets operations compute in integers, after {@link #beforeGradients}: those whose sources are named; the others
     * compute in floats. What was added to a result and is named too, or is a named result, lets the sum be kept as
     * integers. Of other results nobody needs to know here: a convolution adds up and applies functions in floats.
     *
     * @param builder holds the operations, which will not be differentiated
     * @param kept values that must stay, because somebody will ask for them
     * @param activations how values are quantized, by the names of {@link #quantizableNames}
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
        Graph overlapping = ReduceEarly.apply(graph);
        return precision == DataType.FLOAT32 ? overlapping : MixedPrecision.apply(overlapping, precision);
    }
}
