package dev.thalweg.interop.onnx.network;

import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Quantization;
import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxModel;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.OnnxValue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph without its pairs of QuantizeLinear and DequantizeLinear: what stood between them is floats again, weights in
 * integers are the floats that they stand for, and how the sources of products were quantized is known by the weights.
 * What these pairs round is not rounded then, but where a product computes in integers. Nodes that are no such pair
 * stay as they are.
 *
 * @param model without the pairs
 * @param quantized how what flows into Conv, Gemm and MatMul is quantized, by the name of their weights, with what
 *     {@link Passes#result} and {@link Passes#summand} put behind it what comes out of Conv and what is added to that
 */
record QuantizedGraph(OnnxModel model, Map<String, Quantization> quantized) {
    private static final String QUANTIZE = "QuantizeLinear";
    private static final String DEQUANTIZE = "DequantizeLinear";
    private static final Set<String> PRODUCTS = Set.of("Conv", "Gemm", "MatMul");

    /** What a quantization does too whose range is that of the result. */
    private static final Set<String> CUTS = Set.of("Relu", "Clip");

    /** What yields numbers that it was given, and no others. */
    private static final Set<String> MOVES =
            Set.of("Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Identity", "MaxPool");

    /** Takes the pairs out. */
    static QuantizedGraph of(OnnxModel model) {
        return new Removal(model).result();
    }

    /** The pairs of one graph. */
    private static final class Removal {
        private final OnnxModel model;
        private final Map<String, OnnxTensor> initializers;
        /** Initializers, what nodes of the operator Constant say, and what are other names of such. */
        private final Map<String, OnnxTensor> known;

        private final Map<String, OnnxNode> quantizations = new HashMap<>();
        private final Map<String, List<OnnxNode>> readers = new HashMap<>();
        private final Set<String> outputs = new HashSet<>();
        /** What stands for what comes out of a DequantizeLinear. */
        private final Map<String, String> floats = new HashMap<>();
        /** By what comes out of a DequantizeLinear. */
        private final Map<String, Quantization> rounded = new HashMap<>();

        /** By what flows into the QuantizeLinear of a pair; of several pairs the first. */
        private final Map<String, Quantization> pairs = new HashMap<>();

        /** Which nodes read a value when the pairs are taken out. */
        private final Map<String, List<OnnxNode>> users = new HashMap<>();

        /** Of what comes out of nodes, in their order. */
        private final Map<String, Integer> places = new HashMap<>();

        /** By identity: a node is as much to hash as the numbers in it. */
        private final Set<OnnxNode> removed = Collections.newSetFromMap(new IdentityHashMap<>());

        Removal(OnnxModel model) {
            this.model = model;
            this.initializers = new LinkedHashMap<>(model.graph().initializers());
            this.known = new HashMap<>(initializers);
            model.graph().outputs().stream().map(OnnxValue::name).forEach(outputs::add);
            for (OnnxNode node : model.graph().nodes()) {
                node.outputs().forEach(output -> places.putIfAbsent(output, places.size()));
                node.inputs()
                        .forEach(input -> readers.computeIfAbsent(input, _ -> new ArrayList<>())
                                .add(node));
                if (isOf(node, QUANTIZE)) {
                    quantizations.put(node.outputs().getFirst(), node);
                }
                if (isOf(node, "Constant")
                        && node.attributes().get("value") instanceof OnnxAttribute.Constant(OnnxTensor value)) {
                    known.put(node.outputs().getFirst(), value);
                }
                OnnxTensor same =
                        isOf(node, "Identity") ? known.get(node.inputs().getFirst()) : null;
                if (same != null) {
                    known.put(node.outputs().getFirst(), same);
                }
            }
        }

        /** Nodes of one output; a graph that is not looked at yet may have anything. */
        private static boolean isOf(OnnxNode node, String opType) {
            return node.opType().equals(opType)
                    && node.outputs().size() == 1
                    && (opType.equals("Constant") || !node.inputs().isEmpty());
        }

        QuantizedGraph result() {
            List<OnnxNode> nodes = model.graph().nodes();
            nodes.stream().filter(node -> isOf(node, DEQUANTIZE)).forEach(this::dequantize);
            if (removed.isEmpty()) {
                return new QuantizedGraph(model, Map.of());
            }
            // One that nobody reads any more would compute for nobody.
            quantizations.forEach((output, node) -> {
                if (!outputs.contains(output) && removed.containsAll(readers.getOrDefault(output, List.of()))) {
                    removed.add(node);
                }
            });
            List<OnnxNode> kept =
                    nodes.stream().filter(node -> !removed.contains(node)).toList();
            for (OnnxNode node : kept) {
                node.inputs()
                        .forEach(input -> users.computeIfAbsent(name(input), _ -> new ArrayList<>())
                                .add(node));
                Quantization same =
                        MOVES.contains(node.opType()) && !node.inputs().isEmpty()
                                ? rounded.get(node.inputs().getFirst())
                                : null;
                if (same != null) {
                    node.outputs().stream().limit(1).forEach(output -> rounded.put(output, same));
                }
            }
            OnnxGraph graph = model.graph();
            return new QuantizedGraph(
                    new OnnxModel(
                            model.opsets(),
                            new OnnxGraph(
                                    graph.name(),
                                    kept.stream().map(this::onFloats).toList(),
                                    initializers,
                                    graph.inputs(),
                                    graph.outputs()),
                            model.metadata()),
                    quantized(kept));
        }

        private Map<String, Quantization> quantized(List<OnnxNode> nodes) {
            Map<String, Quantization> quantized = new LinkedHashMap<>();
            for (OnnxNode node : nodes) {
                if (PRODUCTS.contains(node.opType())
                        && node.inputs().size() > 1
                        && rounded.containsKey(node.inputs().getFirst())) {
                    String weights = name(node.inputs().get(1));
                    quantized.putIfAbsent(weights, rounded.get(node.inputs().getFirst()));
                    if (isOf(node, "Conv")) {
                        result(node).ifPresent(how -> quantized.putIfAbsent(Passes.result(weights), how));
                        summand(node).ifPresent(how -> quantized.putIfAbsent(Passes.summand(weights), how));
                    }
                }
            }
            return quantized;
        }

        private Optional<Quantization> result(OnnxNode product) {
            String output = product.outputs().getFirst();
            return onlyUser(output)
                    .filter(user ->
                            CUTS.contains(user.opType()) && user.outputs().size() == 1)
                    .map(user -> pairs.get(user.outputs().getFirst()))
                    .or(() -> Optional.ofNullable(pairs.get(output)));
        }

        private Optional<Quantization> summand(OnnxNode product) {
            String output = product.outputs().getFirst();
            return onlyUser(output)
                    .filter(user -> user.opType().equals("Add"))
                    .flatMap(sum -> sum.inputs().stream()
                            .filter(input -> !name(input).equals(output))
                            .findFirst())
                    .map(rounded::get);
        }

        private Optional<OnnxNode> onlyUser(String value) {
            List<OnnxNode> all = users.getOrDefault(value, List.of());
            return all.size() == 1 && !outputs.contains(value) ? Optional.of(all.getFirst()) : Optional.empty();
        }

        private void dequantize(OnnxNode node) {
            String output = node.outputs().getFirst();
            String integers = node.inputs().getFirst();
            LinearQuantization how = LinearQuantization.of(node, known).orElse(null);
            if (how == null || outputs.contains(output)) {
                return;
            }
            OnnxNode before = quantizations.get(integers);
            if (known.containsKey(integers)) {
                replace(node, integers, how.dequantized(known.get(integers)));
            } else if (before != null && LinearQuantization.of(before, known).equals(Optional.of(how))) {
                String source = before.inputs().getFirst();
                if (known.containsKey(source)) {
                    replace(node, source, how.rounded(known.get(source)));
                } else if (place(source) < place(integers) && place(integers) < place(output)) {
                    how.ofBytes().ifPresent(bytes -> {
                        floats.put(output, source);
                        rounded.put(output, bytes);
                        pairs.putIfAbsent(source, bytes);
                        removed.add(node);
                    });
                }
            }
        }

        /** What flows in is there before all nodes. */
        private int place(String value) {
            return places.getOrDefault(value, -1);
        }

        /** Puts floats in the place of numbers that the file has and nobody else reads. */
        private void replace(OnnxNode node, String origin, Optional<OnnxTensor> numbers) {
            if (numbers.isPresent() && readers.getOrDefault(origin, List.of()).size() == 1) {
                initializers.put(origin, numbers.get());
                floats.put(node.outputs().getFirst(), origin);
                removed.add(node);
            }
        }

        /** What a value is called without the pairs. */
        private String name(String value) {
            String before = floats.get(value);
            return before == null ? value : name(before);
        }

        private OnnxNode onFloats(OnnxNode node) {
            return new OnnxNode(
                    node.name(),
                    node.domain(),
                    node.opType(),
                    node.inputs().stream().map(this::name).toList(),
                    node.outputs(),
                    node.attributes());
        }
    }
}
