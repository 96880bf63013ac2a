package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.network.StepCollector.Linear;
import dev.thalweg.model.Layer;
import dev.thalweg.model.MultiHeadAttention;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Attention of tokens to each other, in whatever way a file spells it.
 *
 * @param heads how many
 * @param units of a token
 * @param scale by which scores are multiplied
 * @param all the product that makes queries, keys and values, in this order
 * @param projection the product behind
 */
record AttentionLayer(int heads, int units, double scale, Linear all, Linear projection) {
    /** What floats hold of {@code 1/√d} as another library wrote it. */
    private static final double ROUNDING = 1e-5;
    /** From which version on softmaxes are along one axis. */
    private static final int ONE_AXIS = 13;

    /** Whether a softmax is along the last axis: before version 13, one that names none is along all but the first. */
    static boolean isAlongLast(Plan plan, Step softmax) {
        Fact.Flow flow = plan.flow(softmax.output());
        long axis = softmax.whole("axis", plan.opset() < ONE_AXIS ? 1 : -1);
        return flow != null && Math.floorMod(axis, flow.rank()) == flow.rank() - 1;
    }

    /**
     * {@return the layer with its weights; null if it is none}
     *
     * @param input the tokens, {@code [N, T, units]}, or what layers make them of
     * @param before these layers
     * @param steps the nodes
     */
    @Nullable
    Match of(String input, List<Layer> before, Set<Step> steps) {
        boolean fits = heads > 0
                && units % heads == 0
                && Math.abs(scale * Math.sqrt((double) units / heads) - 1) < ROUNDING
                && all.isOf(3 * units, units)
                && projection.isOf(units, units);
        if (!fits) {
            return null;
        }
        List<Match.Placed> layers =
                new ArrayList<>(before.stream().map(Match.Placed::of).toList());
        layers.add(new Match.Placed(
                new MultiHeadAttention(heads),
                Map.of(
                        "/qkv.kernel", all.kernel(),
                        "/qkv.bias", all.bias(),
                        "/projection.kernel", projection.kernel(),
                        "/projection.bias", projection.bias())));
        return new Match(List.of(input), layers, steps);
    }
}
