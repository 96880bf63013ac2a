package dev.thalweg.model;

import dev.thalweg.graph.Value;
import java.util.List;

/** The sum of branches of one shape, or of shapes that broadcast: a residual connection (He et al., CVPR 2016). */
public record Add() implements Merge {
    @Override
    public Value build(LayerContext context, List<Value> inputs) {
        return inputs.stream().reduce(context.builder()::add).orElseThrow();
    }
}
