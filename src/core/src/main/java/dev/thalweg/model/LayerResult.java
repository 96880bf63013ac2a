package dev.thalweg.model;

import dev.thalweg.graph.Value;
import java.util.Objects;

/**
 * What a layer added to a graph in the end.
 *
 * @param layer the layer's name, those it lies in before it: {@code stage1/conv2d}
 * @param result what it yields; the value that flows in where it adds nothing
 */
public record LayerResult(String layer, Value result) {
    /** Refuses null. */
    public LayerResult {
        Objects.requireNonNull(layer, "layer");
        Objects.requireNonNull(result, "result");
    }
}
