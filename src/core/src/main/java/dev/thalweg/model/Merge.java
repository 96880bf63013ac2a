package dev.thalweg.model;

import dev.thalweg.graph.Value;
import java.util.List;

/** A layer that joins several branches. Own ones are possible as own layers are. */
public interface Merge extends Layer {
    /**
     * Adds the layer to a graph.
     *
     * @param context the graph
     * @param inputs the branches, at least one
     * @return the joined result
     */
    Value build(LayerContext context, List<Value> inputs);

    @Override
    default Value build(LayerContext context, Value input) {
        return build(context, List.of(input));
    }
}
