package dev.thalweg.model;

import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What flows from layer to layer: the functional way to build networks with branches.
 * <pre>{@code
 * Flow picture = Flow.input(3, 32, 32);
 * Flow x = picture.then(new Conv2D(16, 3).padding(Padding.SAME));
 * Flow y = x.then(new BatchNormalization()).then(new ActivationLayer(RELU)).then(new Conv2D(16, 3).padding(Padding.SAME));
 * Flow out = Flow.join(new Add(), x, y).then(new GlobalAveragePooling2D()).then(new Dense(10, SOFTMAX));
 * Model model = Model.of(out);
 * }</pre>
 * Immutable; the same flow may go into any number of layers.
 */
public final class Flow {
    /** Null where something flows in from outside. */
    private final Layer layer;

    private final String name;
    private final List<Flow> from;
    /** Null but where pictures flow in. */
    private final Shape shape;

    private Flow(String name, Layer layer, List<Flow> from, Shape shape) {
        this.name = name;
        this.layer = layer;
        this.from = from;
        this.shape = shape;
    }

    /**
     * The pictures that flow in.
     *
     * @param dims of one picture, {@code C, H, W}
     * @return the flow
     */
    public static Flow input(int... dims) {
        return new Flow(null, null, List.of(), Shape.of(dims));
    }

    /** What flows into a submodule, of whatever shape. */
    static Flow open() {
        return new Flow(null, null, List.of(), null);
    }

    /**
     * {@return the result of a layer}
     *
     * @param next the layer
     */
    public Flow then(Layer next) {
        return then(null, next);
    }

    /**
     * {@return the result of a layer with a name of its own; layers of one name share their weights and must be equal}
     *
     * @param named the name, without dots and slashes
     * @param next the layer
     */
    public Flow then(String named, Layer next) {
        return new Flow(named, next, List.of(this), null);
    }

    /**
     * {@return the result of several layers, one after the other}
     *
     * @param layers from first to last
     */
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
     * @param flows which
     */
    public static Flow join(Merge merge, Flow... flows) {
        return new Flow(null, merge, List.of(flows), null);
    }

    /** The picture's shape; of an end, the beginning's. */
    Shape inputShape() {
        return layer == null ? shape : from.getFirst().inputShape();
    }

    /** The layers that this depends on and itself, each after those it takes from. */
    List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        place(new HashMap<>(), steps);
        return steps;
    }

    private int place(Map<Flow, Integer> places, List<Step> steps) {
        Integer known = places.get(this);
        if (known != null) {
            return known;
        }
        int place = 0;
        if (layer != null) {
            List<Integer> sources = new ArrayList<>();
            for (Flow source : from) {
                sources.add(source.place(places, steps));
            }
            steps.add(new Step(name, layer, sources));
            place = steps.size();
        } else if (places.containsValue(0)) {
            throw new IllegalArgumentException(
                    "a network has one input, got several: start all branches from the same Flow.input(...)");
        }
        places.put(this, place);
        return place;
    }
}
