package dev.thalweg.model;

import dev.thalweg.graph.Value;
import java.util.List;

/** The product, element by element, of branches of one shape, or of shapes that broadcast. */
public record Multiply() implements Merge {
    @Override
    public Value build(LayerContext context, List<Value> inputs) {
        return inputs.stream().reduce(context.builder()::multiply).orElseThrow();
    }
}
