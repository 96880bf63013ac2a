package dev.thalweg.model;

import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;

/**
 * A layer at its place.
 *
 * @param name unique in the network: the kind, from the second of a kind on with a number, as in Keras
 * @param layer what it does
 * @param output the shape of what it yields for one example
 * @param parameters what it learns
 */
public record PlacedLayer(String name, Layer layer, Shape output, List<ParameterSpec> parameters) {
    /** Refuses null. */
    public PlacedLayer {
        Objects.requireNonNull(layer, "layer");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(parameters, "parameters");
    }

    /**
     * {@return how many numbers the layer learns}
     */
    public long parameterCount() {
        return parameters.stream().mapToLong(p -> p.shape().elements()).sum();
    }
}
