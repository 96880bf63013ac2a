package dev.thalweg.interop.onnx.network;

import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Quantization;
import dev.thalweg.interop.onnx.OnnxModel;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.DepthwiseConv2D;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerCall;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A network read from an ONNX graph, with its weights.
 *
 * @param network layers that users know, and {@link OnnxOperation} for what none of them does
 * @param weights by the network's names
 * @param quantized how what flows is quantized in the file, by the names of {@link Passes#quantizableNames}
 */
public record OnnxNetwork(Network network, Map<String, float[]> weights, Map<String, Quantization> quantized) {
    /**
     * Makes a network of a graph.
     *
     * @param file for messages
     * @param model what it holds
     * @param shape of one example of the input of pictures, where the file leaves it open
     * @return the network
     * @throws BadFileException if the graph is damaged, or has an operator that is not supported
     */
    public static OnnxNetwork of(Path file, OnnxModel model, Optional<Shape> shape) throws BadFileException {
        try {
            QuantizedGraph floats = QuantizedGraph.of(model);
            Plan plan = Evaluation.plan(CheckedGraph.of(file, floats.model(), shape));
            return new Assembly(plan, floats).network();
        } catch (RuntimeException e) {
            throw new BadFileException(file, "its graph makes no network: " + CheckedGraph.told(e), e);
        }
    }

    private static final String KERNEL = ".kernel";

    /** Calls as they are put together. */
    private static final class Assembly {
        private final Plan plan;
        private final List<LayerCall> calls = new ArrayList<>();
        private final List<Map<String, Weight>> weights = new ArrayList<>();
        private final Map<String, Integer> places = new HashMap<>();
        private final Map<Object, String> sharedNames = new HashMap<>();
        private final LayerNames names = new LayerNames();
        private final QuantizedGraph floats;

        Assembly(Plan plan, QuantizedGraph floats) {
            this.plan = plan;
            this.floats = floats;
        }

        OnnxNetwork network() throws BadFileException {
            CheckedGraph source = plan.source();
            for (String output : source.outputs()) {
                if (plan.examples(output) == null) {
                    throw new BadFileException(
                            source.file(),
                            "output " + PrintableText.excerpt(output)
                                    + " is not computed from the input, or no tensor of floats [N, ...]");
                }
            }
            source.inputs().keySet().forEach(input -> places.put(input, places.size()));
            List<Map.Entry<String, Match>> matches = matches();
            for (Set<String> hidden = torn(matches); !hidden.isEmpty(); hidden = torn(matches)) {
                plan.hide(hidden);
                matches = matches();
            }
            Set<List<String>> shared = sharing(matches);
            for (Map.Entry<String, Match> each : matches) {
                place(each.getKey(), each.getValue(), shared);
            }
            List<Port> ports = new ArrayList<>();
            source.inputs().forEach((name, dims) -> ports.add(new Port(portName(name), example(dims))));
            List<Integer> ends = source.outputs().stream().map(places::get).toList();
            Network network = new Network(ports, calls, ends);
            return new OnnxNetwork(network, named(network), quantized(network));
        }

        private String portName(String name) {
            return plan.source().inputs().size() == 1 ? "pictures" : PrintableText.printable(name);
        }

        private static Shape example(List<Long> dims) {
            return Shape.of(dims.stream().skip(1).mapToInt(Math::toIntExact).toArray());
        }

        /** From the outputs back: what each value that is needed is the result of; first comes what others need. */
        private List<Map.Entry<String, Match>> matches() throws BadFileException {
            Set<String> needed = new HashSet<>(plan.source().outputs());
            List<Map.Entry<String, Match>> matches = new ArrayList<>();
            for (Step step : plan.steps().reversed()) {
                for (String output : step.node().outputs()) {
                    if (!needed.contains(output)) {
                        continue;
                    }
                    Match found = match(step, output);
                    needed.addAll(found.inputs());
                    matches.add(Map.entry(output, found));
                }
            }
            return matches.reversed();
        }

        /** What a value is the result of; what is odd in a node is told with its name. */
        private Match match(Step step, String output) throws BadFileException {
            try {
                Optional<Match> match = output.equals(step.output()) ? Patterns.match(plan, step) : Optional.empty();
                return match.isPresent() ? match.get() : Fragment.of(plan, step, output);
            } catch (RuntimeException e) {
                throw new BadFileException(plan.source().file(), plan.source().told(step, e), e);
            }
        }

        /**
         * What comes out of layers that compute from weights what a later layer computes again: the two must become
         * one, or each would learn weights of its own.
         */
        private Set<String> torn(List<Map.Entry<String, Match>> matches) {
            Map<Step, String> last = new HashMap<>();
            Set<String> torn = new HashSet<>();
            for (Map.Entry<String, Match> each : matches) {
                for (Step step : each.getValue().steps()) {
                    String before = plan.takesWeights(step) ? last.put(step, each.getKey()) : null;
                    if (before != null) {
                        torn.add(before);
                    }
                }
            }
            torn.removeAll(plan.source().outputs());
            return torn;
        }

        /** Which weights several layers take. */
        private static Set<List<String>> sharing(List<Map.Entry<String, Match>> matches) {
            return matches.stream()
                    .flatMap(match -> match.getValue().layers().stream())
                    .filter(placed -> !placed.weights().isEmpty())
                    .collect(Collectors.groupingBy(Assembly::origins, Collectors.counting()))
                    .entrySet()
                    .stream()
                    .filter(entry -> entry.getValue() > 1)
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toSet());
        }

        private static List<String> origins(Match.Placed placed) {
            return placed.weights().values().stream().map(Weight::origin).toList();
        }

        private void place(String output, Match match, Set<List<String>> shared) {
            List<Integer> from = match.inputs().stream().map(places::get).toList();
            for (Match.Placed placed : match.layers()) {
                List<String> origins = origins(placed);
                String name;
                if (shared.contains(origins)) {
                    name = sharedNames.computeIfAbsent(
                            List.of(placed.layer(), origins), key -> sharedName(placed.layer(), origins, match));
                } else if (!origins.isEmpty()) {
                    name = names.ofWeights(origins, match.steps());
                } else {
                    name = placed.equals(match.layers().getLast()) ? names.ofNode(producer(output)) : null;
                }
                calls.add(new LayerCall(name, placed.layer(), from));
                weights.add(placed.weights());
                from = List.of(plan.source().inputs().size() + calls.size() - 1);
            }
            places.put(output, from.getFirst());
        }

        private String sharedName(Layer layer, List<String> origins, Match match) {
            String name = names.ofWeights(origins, match.steps());
            return name == null ? layer.kind() + "_shared" + (sharedNames.size() + 1) : name;
        }

        private Step producer(String output) {
            return Objects.requireNonNull(plan.step(output), output);
        }

        /** Of layers that compute in integers here. */
        private Map<String, Quantization> quantized(Network network) {
            Map<String, Quantization> quantized = new LinkedHashMap<>();
            for (int i = 0; i < calls.size(); i++) {
                Weight kernel = weights.get(i).get(KERNEL);
                Layer layer = calls.get(i).layer();
                if (kernel != null
                        && (layer instanceof Conv2D || layer instanceof DepthwiseConv2D || layer instanceof Dense)) {
                    String name = network.layers().get(i).name() + KERNEL;
                    for (UnaryOperator<String> of :
                            List.<UnaryOperator<String>>of(UnaryOperator.identity(), Passes::result, Passes::summand)) {
                        Quantization found = floats.quantized().get(of.apply(kernel.origin()));
                        if (found != null) {
                            quantized.put(of.apply(name), found);
                        }
                    }
                }
            }
            return UsableQuantizations.of(network, quantized);
        }

        private Map<String, float[]> named(Network network) {
            Map<String, Weight> found = new HashMap<>();
            for (int i = 0; i < calls.size(); i++) {
                String layer = network.layers().get(i).name();
                weights.get(i).forEach((name, weight) -> found.put(layer + name, weight));
            }
            Map<String, float[]> values = new LinkedHashMap<>();
            for (ParameterSpec spec : network.parameters()) {
                Weight weight = found.get(spec.name());
                if (weight == null || weight.elements() != spec.shape().elements()) {
                    throw new IllegalArgumentException("parameter " + spec.name() + " needs " + spec.shape() + ", got "
                            + (weight == null ? "nothing" : weight.dims().toString()));
                }
                values.put(spec.name(), weight.values());
            }
            return values;
        }
    }
}
