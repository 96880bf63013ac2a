package dev.thalweg.model;

import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What flows from layer to layer: the functional way to build networks with branches.
 * <pre>{@code
 * Flow picture = Flow.input(3, 32, 32);
 * Flow x = picture.then(new Conv2D(16, 3).padding(Padding.SAME));
 * Flow y = x.through(new BatchNormalization(), new ActivationLayer(RELU), new Conv2D(16, 3).padding(Padding.SAME));
 * Flow out = Flow.join(new Add(), x, y).then(new GlobalAveragePooling2D()).then(new Dense(10, SOFTMAX));
 * Model model = Model.of(out);
 * }</pre>
 * Several things may flow in, each by a name, and several come out: {@code Network.of(List.of(a, b), List.of(c, d))}.
 * Immutable; the same flow may go into any number of layers.
 */
public final class Flow {
    /** Where a flow comes from. */
    private sealed interface Origin {}

    /** From outside of the network. */
    private record Outside(Port port) implements Origin {}

    /** From around a submodule, in whatever shape. */
    private record Around() implements Origin {}

    /** From a layer, which may have a name of its own. */
    private record Result(@Nullable String name, Layer layer, List<Flow> from) implements Origin {}

    private final Origin origin;

    private Flow(Origin origin) {
        this.origin = origin;
    }

    /**
     * The pictures that flow in, where nothing else does.
     *
     * @param dims of one picture, {@code C, H, W}
     * @return the flow
     */
    public static Flow input(int... dims) {
        return input(Port.PICTURES, dims);
    }

    /**
     * One of several things that flow in.
     *
     * @param name unique among the inputs of a network
     * @param dims of one example
     * @return the flow
     */
    public static Flow input(String name, int... dims) {
        return new Flow(new Outside(new Port(name, Shape.of(dims))));
    }

    /** What flows into a submodule, of whatever shape. */
    static Flow open() {
        return new Flow(new Around());
    }

    /**
     * {@return the result of a layer}
     *
     * @param next the layer
     */
    @CheckReturnValue
    public Flow then(Layer next) {
        Objects.requireNonNull(next, "next");
        return new Flow(new Result(null, next, List.of(this)));
    }

    /**
     * {@return the result of a layer with a name of its own; layers of one name share their weights and must be equal}
     *
     * @param named the name, without dots and slashes
     * @param next the layer
     */
    @CheckReturnValue
    public Flow then(String named, Layer next) {
        Objects.requireNonNull(named, "named");
        Objects.requireNonNull(next, "next");
        return new Flow(new Result(named, next, List.of(this)));
    }

    /**
     * {@return the result of several layers, one after the other}
     *
     * @param layers from first to last
     */
    @CheckReturnValue
    public Flow through(Layer... layers) {
        Flow flow = this;
        for (Layer next : layers) {
            flow = flow.then(next);
        }
        return flow;
    }

    /**
     * {@return several flows joined}
     *
     * @param merge how
     * @param flows which, at least one
     * @throws IllegalArgumentException if there is none
     */
    public static Flow join(Merge merge, Flow... flows) {
        Objects.requireNonNull(merge, "merge");
        if (flows.length == 0) {
            throw new IllegalArgumentException(merge.kind() + " joins flows, expected at least one, got none");
        }
        return new Flow(new Result(null, merge, List.of(flows)));
    }

    /** Where something flows in: its name and shape. */
    Port port() {
        return switch (origin) {
            case Outside(Port port) -> port;
            case Around() ->
                throw new IllegalArgumentException(
                        "what flows into a submodule is no network's input: its shape is not known yet");
            case Result result -> throw notAnInput(result.layer());
        };
    }

    private static IllegalArgumentException notAnInput(Layer layer) {
        return new IllegalArgumentException(
                "the inputs of a network are made by Flow.input, got the result of " + layer.kind());
    }

    /** What flows in, in the end. */
    Flow onlyInput() {
        Flow flow = this;
        while (flow.origin instanceof Result result) {
            flow = result.from().getFirst();
        }
        return flow;
    }

    /** The layers between inputs and outputs, each after those it takes from. */
    static List<LayerCall> calls(List<Flow> inputs, List<Flow> outputs) {
        List<LayerCall> calls = new ArrayList<>();
        place(inputs, outputs, calls);
        return calls;
    }

    /**
     * Adds the layers between inputs and outputs to a list, each after those it takes from.
     *
     * @return where the outputs are, counted as in {@link LayerCall#from}
     */
    static List<Integer> place(List<Flow> inputs, List<Flow> outputs, List<LayerCall> calls) {
        Map<Flow, Integer> places = new HashMap<>();
        for (Flow input : inputs) {
            if (input.origin instanceof Result result) {
                throw notAnInput(result.layer());
            }
            places.put(input, places.size());
        }
        Set<Flow> used = new HashSet<>();
        List<Integer> ends = new ArrayList<>();
        for (Flow output : outputs) {
            ends.add(output.place(places, used, calls));
        }
        for (Flow input : inputs) {
            if (!used.contains(input)) {
                throw new IllegalArgumentException("input " + input + " flows into no output: leave it out");
            }
        }
        return ends;
    }

    private int place(Map<Flow, Integer> places, Set<Flow> used, List<LayerCall> calls) {
        used.add(this);
        Integer known = places.get(this);
        if (known != null) {
            return known;
        }
        if (!(origin instanceof Result result)) {
            throw new IllegalArgumentException("the network depends on an input " + this
                    + " that is not among those it has: start all branches from the same Flow.input(...), or list"
                    + " several by Network.of(inputs, outputs)");
        }
        List<Integer> sources = new ArrayList<>();
        for (Flow source : result.from()) {
            sources.add(source.place(places, used, calls));
        }
        calls.add(new LayerCall(result.name(), result.layer(), sources));
        int place = places.size();
        places.put(this, place);
        return place;
    }

    /** For messages. */
    @Override
    public String toString() {
        return switch (origin) {
            case Outside(Port port) -> "\"" + port.name() + "\"";
            case Around() -> "\"submodule\"";
            case Result result -> result.layer().kind();
        };
    }
}
