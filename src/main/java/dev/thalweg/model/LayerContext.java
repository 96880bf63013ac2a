package dev.thalweg.model;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import java.util.List;

/** What a layer is given to add itself to a graph. Made by {@link Network} alone. */
public final class LayerContext {
    private final GraphBuilder builder;
    private final String layer;
    private final List<ParameterSpec> parameters;
    private final boolean training;
    private final int index;

    LayerContext(GraphBuilder builder, String layer, int index, List<ParameterSpec> parameters, boolean training) {
        this.builder = builder;
        this.layer = layer;
        this.parameters = parameters;
        this.index = index;
        this.training = training;
    }

    /** Whether the graph is one to train with. */
    boolean training() {
        return training;
    }

    /** A number that tells this layer's random numbers from other layers'. */
    int randomStream() {
        return index;
    }

    GraphBuilder builder() {
        return builder;
    }

    /** Adds a parameter of this layer. */
    Value parameter(String name, Initializer initializer, int... dims) {
        Shape shape = Shape.of(dims);
        ParameterSpec spec = new ParameterSpec(layer + "." + name, shape, initializer);
        parameters.add(spec);
        return builder.parameter(spec.name(), shape);
    }
}
