package dev.thalweg.model;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a layer is given to add itself to a graph: the graph, and where its parameters are declared. */
public final class LayerContext {
    /** What all layers of a graph share. */
    private static final class Shared {
        private final GraphBuilder builder;
        private final boolean training;
        private final Predicate<String> frozen;
        private final List<LayerResult> results = new ArrayList<>();
        private int streams;

        Shared(GraphBuilder builder, boolean training, Predicate<String> frozen) {
            this.builder = builder;
            this.training = training;
            this.frozen = frozen;
        }
    }

    private final Shared shared;
    /** Null for the whole network. */
    private final @Nullable LayerContext outer;

    private final String name;
    private final Map<String, ParameterSpec> parameters = new LinkedHashMap<>();

    private LayerContext(Shared shared, @Nullable LayerContext outer, String name) {
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

    /**
     * {@return the layer's name, those it lies in before it: {@code stage1/conv2d}}
     */
    public String name() {
        return name;
    }

    /**
     * {@return whether the graph is one to train with; what acts otherwise then, as dropout does, asks}
     */
    public boolean training() {
        return shared.training;
    }

    /**
     * {@return whether the graph is one that trains a parameter of this layer: not so where it is frozen}
     *
     * @param parameter as declared, without the layer's name
     */
    public boolean trains(String parameter) {
        return shared.training && !shared.frozen.test(name + "." + parameter);
    }

    /**
     * {@return a number that tells one use of random numbers in a graph from the others, another one at each call}
     */
    public int randomStream() {
        return shared.streams++;
    }

    /**
     * {@return the graph, whose methods add operations}
     */
    public GraphBuilder builder() {
        return shared.builder;
    }

    /** Notes what this layer yields. */
    void yields(Value result) {
        shared.results.add(new LayerResult(name, result));
    }

    /** What the layers of the graph yielded so far. */
    List<LayerResult> results() {
        return List.copyOf(shared.results);
    }

    /** What was declared here so far. */
    List<ParameterSpec> parameters() {
        return new ArrayList<>(parameters.values());
    }

    /**
     * Declares a parameter of this layer, which descent moves.
     *
     * @param parameter its name within the layer: in the network it is {@code LAYER.PARAMETER}
     * @param initializer how it starts
     * @param dims its extents
     * @return its value in the graph
     */
    public Value parameter(String parameter, Initializer initializer, int... dims) {
        return declare(parameter, initializer, true, dims);
    }

    /**
     * Declares numbers of this layer that are kept and saved with the parameters, but not moved by descent: moving
     * averages, which {@link GraphBuilder#track} renews.
     *
     * @param parameter their name within the layer
     * @param initializer how they start
     * @param dims their extents
     * @return their value in the graph
     */
    public Value statistic(String parameter, Initializer initializer, int... dims) {
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
