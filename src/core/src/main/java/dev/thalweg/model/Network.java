package dev.thalweg.model;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Layers, in a row or with branches, checked to fit each other: an architecture without weights. Immutable.
 */
public final class Network {
    private final List<Port> inputs;
    private final List<LayerCall> calls;
    private final List<Integer> ends;
    private final List<PlacedLayer> placed;
    private final List<ParameterSpec> parameters;

    /**
     * Checks that layers in a row fit.
     *
     * @param input the shape of one example, {@code [C, H, W]}
     * @param layers from first to last, at least one
     * @return the network
     * @throws ShapeException if a layer does not fit its input; the message names the layer
     */
    public static Network sequential(Shape input, List<Layer> layers) {
        return new Network(
                input,
                IntStream.range(0, layers.size())
                        .mapToObj(i -> new LayerCall(layers.get(i), List.of(i)))
                        .toList());
    }

    /**
     * Checks that layers with branches fit.
     *
     * @param output what comes out, in the end from one {@link Flow#input}
     * @return the network of all that it depends on
     * @throws ShapeException if a layer does not fit its input; the message names the layer
     * @throws IllegalArgumentException if it depends on several inputs: list them by {@link #of(List, List)}
     */
    public static Network of(Flow output) {
        return of(List.of(output.onlyInput()), List.of(output));
    }

    /**
     * Checks that layers between several inputs and outputs fit, as in Keras' {@code Model(inputs, outputs)}. Each
     * input has a name of its own; layers that two outputs depend on are shared.
     *
     * @param inputs what flows in, made by {@link Flow#input}
     * @param outputs what comes out, each of another layer
     * @return the network of all that they depend on
     * @throws ShapeException if a layer does not fit its input; the message names the layer
     * @throws IllegalArgumentException if an input is missing, used by no output, not made by {@link Flow#input}, or
     *             two have one name
     */
    public static Network of(List<Flow> inputs, List<Flow> outputs) {
        List<LayerCall> calls = new ArrayList<>();
        List<Integer> ends = Flow.place(inputs, outputs, calls);
        return new Network(inputs.stream().map(Flow::port).toList(), calls, ends);
    }

    /**
     * Checks that calls fit.
     *
     * @param input the shape of one example, {@code [C, H, W]}
     * @param calls each after those it takes from, at least one; the last one's result comes out
     * @throws ShapeException if a layer does not fit its input or takes from none before it; the message names the
     *         layer
     */
    public Network(Shape input, List<LayerCall> calls) {
        this(List.of(new Port(Port.PICTURES, input)), calls, List.of(calls.size()));
    }

    /**
     * Checks that calls between several inputs and outputs fit.
     *
     * @param inputs what flows in, at least one
     * @param calls each after those it takes from, at least one
     * @param ends which results come out, counted as in {@link LayerCall#from}: with n inputs, n - 1 + k is the result
     *         of the k-th call
     * @throws ShapeException if a layer does not fit its input or takes from none before it; the message names the
     *         layer
     * @throws IllegalArgumentException if names of inputs are missing or the same, or an end is no call's
     */
    public Network(List<Port> inputs, List<LayerCall> calls, List<Integer> ends) {
        this.inputs = List.copyOf(inputs);
        this.calls = List.copyOf(calls);
        this.ends = List.copyOf(ends);
        Port.check(this.inputs, this.ends, calls.size());
        Wiring.check(calls, inputs.size());
        Placement placement = Placement.of(this.inputs, this.calls);
        this.placed = placement.layers();
        this.parameters = placement.parameters();
    }

    /**
     * Puts other layers in place of the last one. They are named {@code head1}, {@code head2} and so on, as far as no
     * layer of this network, the last one included, has such a name; the others keep their names.
     *
     * @param layers in a row; none cut the last one off
     * @return the other network
     * @throws ShapeException if the layers do not fit, or the last one here joins several flows
     * @throws IllegalStateException if this network has several outputs
     */
    @CheckReturnValue
    public Network withHead(List<Layer> layers) {
        output();
        List<LayerCall> headed = Head.replaced(this, layers);
        return new Network(inputs, headed, List.of(inputs.size() - 1 + headed.size()));
    }

    /**
     * Has the same layers see pictures of another size.
     *
     * @param shape {@code [C, H, W]} of {@link #pictures}
     * @return the other network, with the same parameters
     * @throws ShapeException if a layer does not take what flows into it then, or has parameters of other shapes, as a
     *         dense layer behind a {@link Flatten}
     */
    @CheckReturnValue
    public Network withPictures(Shape shape) {
        Port pictures = pictures();
        Network other = new Network(
                inputs.stream()
                        .map(port -> port.equals(pictures) ? new Port(port.name(), shape) : port)
                        .toList(),
                calls,
                ends);
        for (int i = 0; i < parameters.size(); i++) {
            ParameterSpec own = parameters.get(i);
            Shape its = other.parameters().get(i).shape();
            if (!its.equals(own.shape())) {
                throw new ShapeException("the network cannot see pictures " + shape + " instead of "
                        + pictures.shape() + ": " + own.name() + " would be " + its + " instead of " + own.shape()
                        + "; a GlobalAveragePooling2D in place of a Flatten makes it independent of their size");
            }
        }
        return other;
    }

    /**
     * {@return the shape of one example, where there is one input}
     *
     * @throws IllegalStateException if there are several: ask for {@link #inputs}
     */
    public Shape input() {
        return Port.only("input", inputs);
    }

    /**
     * {@return the shape of what comes out for one example, where there is one output}
     *
     * @throws IllegalStateException if there are several: ask for {@link #outputs}
     */
    public Shape output() {
        return Port.only("output", outputs());
    }

    /**
     * {@return the first input of pictures, {@code [C, H, W]}, whose channels a model's normalization is of; the first
     * input where none has three axes}
     */
    public Port pictures() {
        return inputs.stream()
                .filter(port -> port.shape().rank() == 3)
                .findFirst()
                .orElse(inputs.getFirst());
    }

    /** {@return what flows in, by name} */
    public List<Port> inputs() {
        return inputs;
    }

    /**
     * {@return what comes out, by the names of the layers that yield it}
     */
    public List<Port> outputs() {
        return ends.stream()
                .map(end -> placed.get(end - inputs.size()))
                .map(p -> new Port(p.name(), p.output()))
                .toList();
    }

    /**
     * {@return which results come out, counted as in {@link LayerCall#from}}
     */
    public List<Integer> ends() {
        return ends;
    }

    /** {@return the layers with what flows into them} */
    public List<LayerCall> calls() {
        return calls;
    }

    /** {@return the layers with names and shapes} */
    public List<PlacedLayer> layers() {
        return placed;
    }

    /** {@return everything that is learnt or kept, in order} */
    public List<ParameterSpec> parameters() {
        return parameters;
    }

    /** {@return how many numbers descent moves} */
    public long trainableCount() {
        return parameters.stream()
                .filter(ParameterSpec::trainable)
                .mapToLong(p -> p.shape().elements())
                .sum();
    }

    /**
     * Adds the layers to a graph.
     *
     * @param builder the graph
     * @param flowing {@code [N, ...]} of each input's shape, in their order, of one N
     * @param training whether layers that act otherwise in training do so
     * @param frozen which parameters, by name, are not to be trained; normalizations with such ones keep their
     *         statistics
     * @return the outputs in their order, {@code [N, ...]}
     */
    public List<Value> build(GraphBuilder builder, List<Value> flowing, boolean training, Predicate<String> frozen) {
        List<Shape> got = flowing.stream().map(v -> v.shape().withoutBatch()).toList();
        List<Shape> expected = inputs.stream().map(Port::shape).toList();
        if (!got.equals(expected)) {
            throw new ShapeException("the network takes " + expected + " for each example, got " + got);
        }
        List<Value> values =
                Wiring.build(calls, LayerContext.of(builder, training, frozen), flowing, (place, result) -> {});
        return ends.stream().map(values::get).toList();
    }

    /**
     * Adds the layers to a graph, as they act when they do not train.
     *
     * @param builder the graph
     * @param flowing {@code [N, ...]} of each input's shape, in their order, of one N
     * @return the result of each call, in their order
     */
    public List<Value> buildAll(GraphBuilder builder, List<Value> flowing) {
        List<Value> values =
                Wiring.build(calls, LayerContext.of(builder, false, name -> false), flowing, (place, result) -> {});
        return values.subList(inputs.size(), values.size());
    }

    /**
     * Adds the layers to a graph, as they act when they do not train, and says which operations are whose: those whose
     * values were added up to a layer's result, and not up to that of one before it.
     *
     * @param builder the graph
     * @param flowing {@code [N, ...]} of each input's shape, in their order, of one N
     * @return what each layer yields, in the order in which they were added; layers within a {@link Submodule} stand
     *         before it
     */
    public List<LayerResult> trace(GraphBuilder builder, List<Value> flowing) {
        LayerContext whole = LayerContext.of(builder, false, name -> false);
        Wiring.build(calls, whole, flowing, (place, result) -> {});
        return whole.results();
    }

    /**
     * {@return which call, counted from 0, yields an output}
     *
     * @param output one of the names of {@link #outputs}
     * @throws IllegalArgumentException if there is no such output
     */
    public int end(String output) {
        List<String> names = outputs().stream().map(Port::name).toList();
        int place = names.indexOf(output);
        if (place < 0) {
            throw new IllegalArgumentException(
                    "the network has no output \"" + output + "\", expected one of " + names);
        }
        return ends.get(place) - inputs.size();
    }

    /**
     * {@return the calls, counted from 0, that a call depends on, in their order; itself the last one}
     *
     * @param call which, counted from 0
     */
    public List<Integer> ancestors(int call) {
        return Wiring.ancestors(calls, inputs.size(), call);
    }

    /**
     * Draws first weights.
     *
     * @param seed the same seed gives the same weights
     * @return row-major, by name, in order
     */
    public Map<String, float[]> initialWeights(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (ParameterSpec spec : parameters()) {
            weights.put(spec.name(), spec.draw(random.split()));
        }
        return weights;
    }

    /** {@return a table of layers, output shapes and parameter counts, as Keras prints it} */
    public String summary() {
        return Summary.of(this);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network that
                && inputs.equals(that.inputs)
                && calls.equals(that.calls)
                && ends.equals(that.ends);
    }

    @Override
    public int hashCode() {
        return Objects.hash(inputs, calls, ends);
    }

    @Override
    public String toString() {
        return "network " + inputs + " " + calls.stream().map(LayerCall::layer).toList();
    }
}
