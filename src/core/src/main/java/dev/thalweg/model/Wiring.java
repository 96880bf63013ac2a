package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.Returned;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Adds calls to a graph, one after the other, and names them. */
final class Wiring {
    /** Is told what was built. */
    interface Listener {
        void built(LayerContext place, Value result);
    }

    /** More layers and merged flows than any network published; a bound for those that files describe. */
    private static final long MOST_FLOWS = 6_000;

    private Wiring() {}

    /**
     * Checks that each call takes from what flows in or from a call before it, and that there are not too many.
     *
     * @param inputs how many flows come in from outside
     */
    static void check(List<LayerCall> calls, int inputs) {
        for (int i = 0; i < calls.size(); i++) {
            for (int from : calls.get(i).from()) {
                if (from >= inputs + i) {
                    throw new ShapeException(
                            "layer " + (i + 1) + " (" + calls.get(i).layer().kind()
                                    + ") takes from call " + (from - inputs + 1)
                                    + ", expected one of the " + i + " before it, or what flows in");
                }
            }
        }
        if (flows(calls) > MOST_FLOWS) {
            throw new ShapeException(
                    "a network of more than " + MOST_FLOWS + " layers, flows into joins counted, cannot be built");
        }
    }

    /** {@return the calls that a call depends on, in their order; itself the last one} */
    static List<Integer> ancestors(List<LayerCall> calls, int inputs, int call) {
        NavigableSet<Integer> known = new TreeSet<>(Set.of(call));
        for (int i = call; i >= 0; i--) {
            if (known.contains(i)) {
                calls.get(i).from().stream().filter(from -> from >= inputs).forEach(from -> known.add(from - inputs));
            }
        }
        return List.copyOf(known);
    }

    private static long flows(List<LayerCall> calls) {
        return calls.stream()
                .mapToLong(s -> s.from().size() + (s.layer() instanceof Submodule inner ? flows(inner.calls()) : 0))
                .sum();
    }

    /** {@return what flows in, and then the result of each call} */
    static List<Value> build(List<LayerCall> calls, LayerContext scope, List<Value> inputs, Listener listener) {
        List<Value> values = new ArrayList<>(inputs);
        int batch = inputs.getFirst().shape().dim(0);
        Set<String> given =
                calls.stream().map(LayerCall::name).filter(Objects::nonNull).collect(Collectors.toSet());
        Map<String, Integer> seen = new HashMap<>();
        Map<String, Layer> named = new HashMap<>();
        for (int i = 0; i < calls.size(); i++) {
            LayerCall call = calls.get(i);
            String name = call.name();
            while (name == null || call.name() == null && given.contains(name)) {
                int before = seen.merge(call.layer().kind(), 1, Integer::sum) - 1;
                name = before == 0 ? call.layer().kind() : call.layer().kind() + "_" + before;
            }
            Layer other = named.putIfAbsent(name, call.layer());
            if (other != null && !other.equals(call.layer())) {
                throw new ShapeException(
                        "two layers are named " + name + " but differ: " + other + " and " + call.layer());
            }
            LayerContext place = scope.inside(name);
            values.add(
                    build(call, i, place, call.from().stream().map(values::get).toList()));
            if (values.getLast().shape().dim(0) != batch) {
                throw new ShapeException("layer " + (i + 1) + " (" + place.name() + ") makes "
                        + values.getLast().shape() + " of a batch of "
                        + batch + ", expected as many results");
            }
            place.yields(values.getLast());
            listener.built(place, values.getLast());
        }
        return values;
    }

    private static Value build(LayerCall call, int index, LayerContext place, List<Value> inputs) {
        try {
            if (call.layer() instanceof Merge merge) {
                return Returned.by(merge, "build", merge.build(place, inputs));
            }
            if (inputs.size() != 1) {
                throw new ShapeException(
                        "it takes one flow, got " + inputs.size() + ": join them first, by Add or Concatenate");
            }
            return Returned.by(call.layer(), "build", call.layer().build(place, inputs.getFirst()));
        } catch (ShapeException e) {
            throw new ShapeException("layer " + (index + 1) + " (" + place.name() + "): " + e.getMessage());
        }
    }
}
