package dev.thalweg.model;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What a layer is given to add itself to a graph. Made by {@link Network} alone. */
public final class LayerContext {
    /** What all layers of a graph share. */
    private static final class Shared {
        private final GraphBuilder builder;
        private final boolean training;
        private final Predicate<String> frozen;
        private int streams;

        Shared(GraphBuilder builder, boolean training, Predicate<String> frozen) {
            this.builder = builder;
            this.training = training;
            this.frozen = frozen;
        }
    }

    private final Shared shared;
    /** Null for the whole network. */
    private final LayerContext outer;

    private final String name;
    private final Map<String, ParameterSpec> parameters = new LinkedHashMap<>();

    private LayerContext(Shared shared, LayerContext outer, String name) {
        this.shared = shared;
        this.outer = outer;
        this.name = name;
    }

    static LayerContext of(GraphBuilder builder, boolean training, Predicate<String> frozen) {
        return new LayerContext(new Shared(builder, training, frozen), null, "");
    }

    /** The context of a layer within this one. What it declares is also declared here. */
    LayerContext inside(String layer) {
        return new LayerContext(shared, this, name.isEmpty() ? layer : name + "/" + layer);
    }

    /** The layer's name, those it lies in before it. */
    String name() {
        return name;
    }

    /** Whether the graph is one to train with. */
    boolean training() {
        return shared.training;
    }

    /** Whether the graph is one that trains this layer's parameter. */
    boolean trains(String parameter) {
        return shared.training && !shared.frozen.test(name + "." + parameter);
    }

    /** A number that tells one use of random numbers in a graph from the others. */
    int randomStream() {
        return shared.streams++;
    }

    GraphBuilder builder() {
        return shared.builder;
    }

    /** What was declared here so far. */
    List<ParameterSpec> parameters() {
        return new ArrayList<>(parameters.values());
    }

    /** Adds a parameter of this layer. */
    Value parameter(String parameter, Initializer initializer, int... dims) {
        return declare(parameter, initializer, true, dims);
    }

    /** Adds numbers of this layer that are kept, but not by descent. */
    Value statistic(String parameter, Initializer initializer, int... dims) {
        return declare(parameter, initializer, false, dims);
    }

    private Value declare(String parameter, Initializer initializer, boolean trained, int... dims) {
        Shape shape = Shape.of(dims);
        ParameterSpec spec = new ParameterSpec(name + "." + parameter, shape, initializer, trained);
        for (LayerContext context = this; context != null; context = context.outer) {
            context.parameters.put(spec.name(), spec);
        }
        return shared.builder.parameter(spec.name(), shape);
    }
}
