package dev.thalweg.model;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the layers of a network are called there, what they make of one example, and what they learn or keep.
 *
 * @param layers in their order
 * @param parameters in their order
 */
record Placement(List<PlacedLayer> layers, List<ParameterSpec> parameters) {
    /**
     * Looks what calls come to, by a graph that nobody runs.
     *
     * @param inputs what flows in
     * @param calls each after those it takes from
     * @throws dev.thalweg.tensor.ShapeException if a layer does not fit its input
     */
    static Placement of(List<Port> inputs, List<LayerCall> calls) {
        GraphBuilder builder = new GraphBuilder();
        LayerContext whole = LayerContext.of(builder, false, name -> false);
        List<Value> flowing = inputs.stream()
                .map(port -> builder.input(port.name(), port.shape().batched(1)))
                .toList();
        List<PlacedLayer> placed = new ArrayList<>();
        Set<String> counted = new HashSet<>();
        Wiring.build(calls, whole, flowing, (place, result) -> {
            // Parameters that a layer shares with one before it are counted there.
            List<ParameterSpec> own = place.parameters().stream()
                    .filter(p -> counted.add(p.name()))
                    .toList();
            placed.add(new PlacedLayer(
                    place.name(),
                    calls.get(placed.size()).layer(),
                    result.shape().withoutBatch(),
                    own));
        });
        return new Placement(List.copyOf(placed), whole.parameters());
    }
}
