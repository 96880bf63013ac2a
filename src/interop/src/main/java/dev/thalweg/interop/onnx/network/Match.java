package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.Layer;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Layers that compute what some nodes do.
 *
 * @param inputs names of what flows into the first of them
 * @param layers one after the other
 * @param steps the nodes, whose results other than the last nobody else may need
 */
record Match(List<String> inputs, List<Placed> layers, Set<Step> steps) {
    /**
     * A layer and its numbers.
     *
     * @param layer which
     * @param weights by name as {@link dev.thalweg.model.LayerContext} makes it, without the layer's own: {@code
     *     .kernel}, {@code /qkv.kernel}
     */
    record Placed(Layer layer, Map<String, Weight> weights) {
        static Placed of(Layer layer) {
            return new Placed(layer, Map.of());
        }
    }

    static Match of(Step step, String input, Layer... layers) {
        return new Match(
                List.of(input), java.util.Arrays.stream(layers).map(Placed::of).toList(), Set.of(step));
    }
}
