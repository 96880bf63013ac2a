package dev.thalweg.interop.keras;

import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerCall;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.model.Permute;
import dev.thalweg.model.PlacedLayer;
import dev.thalweg.model.Port;
import dev.thalweg.model.Reshape;
import dev.thalweg.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A network of ours while it grows, call by call, and where each of its parameters comes from. */
final class Assembly {
    /** More than a network has; a bound for what files describe. */
    private static final int MOST_CALLS = 6_000;

    /** Where a parameter comes from: the layer in the file, and which of its weights. */
    record Origin(LayerConfig layer, Source source) {}

    private final Path file;
    private final List<Port> ports = new ArrayList<>();
    private final List<LayerCall> calls = new ArrayList<>();
    private final Map<String, Origin> origins = new LinkedHashMap<>();
    private final Map<List<String>, String> names = new HashMap<>();
    private final Set<String> taken = new HashSet<>();
    private int conversions;
    private @Nullable PixelScaling pixels;

    Assembly(Path file) {
        this.file = file;
    }

    /** Lets something flow in; all that does comes before the first call. */
    Flowing input(String name, Shape shape) {
        Port port = new Port(name, shape);
        boolean pictures =
                shape.rank() == 3 && ports.stream().noneMatch(p -> p.shape().rank() == 3);
        ports.add(port);
        return new Flowing(ports.size() - 1, shape, null, pictures ? PixelScaling.none(shape.dim(0)) : null);
    }

    /** Counts what is converted, of which a small file could ask for any number. */
    void count() throws BadFileException {
        if (++conversions > MOST_CALLS) {
            throw new BadFileException(file, "calls its layers more than " + MOST_CALLS + " times");
        }
    }

    /**
     * Adds a call.
     *
     * @param site the layer in the file
     * @param suffix after its name, where it becomes several layers here; else {@code ""}
     * @param layer of ours
     * @param from what flows in
     * @param sources of all its parameters, by their names in the layer
     * @return the result
     */
    Flowing add(LayerConfig site, String suffix, Layer layer, List<Flowing> from, Map<String, Source> sources)
            throws BadFileException {
        for (Flowing flowing : from) {
            use(site, flowing);
        }
        PlacedLayer placed = new Network(
                        IntStream.range(0, from.size())
                                .mapToObj(i -> new Port("input" + i, from.get(i).shape()))
                                .toList(),
                        List.of(new LayerCall(
                                layer, IntStream.range(0, from.size()).boxed().toList())),
                        List.of(from.size()))
                .layers()
                .getFirst();
        String name = name(site, suffix);
        for (ParameterSpec spec : placed.parameters()) {
            String within = spec.name().substring(placed.name().length());
            Source source = sources.get(within.substring(1));
            if (source == null || source.elements() != spec.shape().elements()) {
                throw new IllegalStateException(layer + ": no source of " + spec + ", got " + source);
            }
            Origin origin = new Origin(site, source);
            Origin before = origins.putIfAbsent(name + within, origin);
            if (before != null && !before.source().equals(source)) {
                throw site.settings().problem("is called on inputs of different kinds, which cannot share its weights");
            }
        }
        calls.add(new LayerCall(name, layer, from.stream().map(Flowing::place).toList()));
        return new Flowing(ports.size() - 1 + calls.size(), placed.output());
    }

    /** All that takes the pictures takes them with the same normalization. */
    private void use(LayerConfig site, Flowing flowing) throws BadFileException {
        if (flowing.pixels() != null) {
            if (pixels != null && !pixels.equals(flowing.pixels())) {
                throw site.settings().problem("takes pictures that are scaled otherwise than for another layer");
            }
            pixels = flowing.pixels();
        }
    }

    /** {@return a name of ours that no other layer has; the same for each call of a layer} */
    private String name(LayerConfig site, String suffix) {
        List<String> key = new ArrayList<>(site.names());
        key.add(suffix);
        return names.computeIfAbsent(key, k -> {
            String base = (site.name() + suffix).replaceAll("[./\\p{Cntrl}]", "_");
            String name = base;
            for (int i = 1; !taken.add(name); i++) {
                name = base + "_" + i;
            }
            return name;
        });
    }

    /** {@return numbers of flattened pictures in the order of the file, where they are not} */
    Flowing inOrder(LayerConfig site, Flowing flowing) throws BadFileException {
        Shape pictures = flowing.flattened();
        if (pictures == null) {
            return flowing;
        }
        // Several flows into one layer may need it.
        String place = "_" + flowing.place();
        List<Integer> extents = Arrays.stream(pictures.toArray()).boxed().toList();
        Flowing unfolded = add(site, "_unfold" + place, new Reshape(extents), List.of(flowing), Map.of());
        Flowing permuted = add(site, "_permute" + place, new Permute(2, 3, 1), List.of(unfolded), Map.of());
        return add(site, "_fold" + place, new Reshape(List.of(flowing.dim(0))), List.of(permuted), Map.of());
    }

    /** {@return the network of all that the outputs depend on} */
    Network network(List<Flowing> outputs, LayerConfig last) throws BadFileException {
        List<Integer> ends = new ArrayList<>();
        for (Flowing output : outputs) {
            Flowing end = inOrder(last, output);
            boolean passed = end.place() < ports.size() || ends.contains(end.place());
            ends.add(
                    passed
                            ? add(
                                            last,
                                            "_output" + ends.size(),
                                            new ActivationLayer(Activation.LINEAR),
                                            List.of(end),
                                            Map.of())
                                    .place()
                            : end.place());
        }
        int inputs = ports.size();
        TreeSet<Integer> needed = new TreeSet<>(ends);
        for (int i = calls.size() - 1; i >= 0; i--) {
            if (needed.contains(inputs + i)) {
                needed.addAll(calls.get(i).from());
            }
        }
        Map<Integer, Integer> places = new HashMap<>();
        IntStream.range(0, inputs).forEach(i -> places.put(i, i));
        List<LayerCall> kept = new ArrayList<>();
        for (int place : needed.tailSet(inputs)) {
            LayerCall call = calls.get(place - inputs);
            places.put(place, inputs + kept.size());
            kept.add(new LayerCall(
                    call.name(),
                    call.layer(),
                    call.from().stream().map(places::get).toList()));
        }
        return new Network(ports, kept, ends.stream().map(places::get).toList());
    }

    /** {@return where a parameter comes from} */
    Origin origin(String parameter) {
        return Objects.requireNonNull(origins.get(parameter), parameter);
    }

    /** {@return what becomes of the bytes of pictures; null where no pictures flow in} */
    @Nullable
    PixelScaling pixels() {
        return pixels;
    }
}
