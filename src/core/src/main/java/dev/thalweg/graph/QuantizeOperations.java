package dev.thalweg.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A pass for inference: operations whose sources were calibrated compute in integers. What they yield is stored as
 * bytes if it is read as bytes, the summands of what is stored as bytes included; whoever else reads it reads floats
 * made of the bytes once. Maxima and other shapes of bytes are bytes. To be applied after all other passes.
 */
final class QuantizeOperations {
    private final GraphBuilder builder;
    private final Collection<Value> kept;
    /** What computes in integers. */
    private final Set<Node> integers = new HashSet<>();
    /** How values are quantized that somebody reads as bytes. */
    private final Map<Value, Quantization> quantizations = new HashMap<>();
    /** Values of which there are only bytes. */
    private final Set<Value> stored = new HashSet<>();

    private final Map<Value, Value> bytes = new HashMap<>();
    private final Map<Value, Value> floats = new HashMap<>();

    private QuantizeOperations(GraphBuilder builder, Collection<Value> kept) {
        this.builder = builder;
        this.kept = kept;
    }

    /**
     * Rewrites a graph that is being built and will not be differentiated.
     *
     * @param builder holds the operations
     * @param kept values that must stay, because somebody will ask for them
     * @param activations how what operations read is quantized, by the names of {@link QuantizableOperations}
     */
    public static void apply(GraphBuilder builder, Collection<Value> kept, Map<String, Quantization> activations) {
        Objects.requireNonNull(kept, "kept");
        if (activations.isEmpty()) {
            return;
        }
        check(builder, activations);
        Map<String, Quantization> unsigned = new HashMap<>();
        activations.forEach((name, quantization) -> unsigned.put(name, quantization.asUnsigned()));
        QuantizeOperations pass = new QuantizeOperations(builder, kept);
        pass.choose(unsigned);
        pass.store();
        builder.takeNodes().forEach(pass::rewrite);
    }

    private static void check(GraphBuilder builder, Map<String, Quantization> activations) {
        Set<String> known = Passes.quantizableNames(builder);
        for (String name : activations.keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("nothing that could compute in integers reads \"" + name
                        + "\": the graph has " + String.join(", ", known));
            }
        }
        Map<Value, String> names = new HashMap<>();
        QuantizableOperations.values(builder).forEach((name, value) -> {
            String other = activations.containsKey(name) ? names.putIfAbsent(value, name) : null;
            if (other != null && !Objects.equals(activations.get(name), activations.get(other))) {
                throw new IllegalArgumentException("\"" + other + "\" and \"" + name
                        + "\" are one value, which is quantized in one way, got " + activations.get(other) + " and "
                        + activations.get(name));
            }
        });
    }

    /** What computes in integers, and by which quantizations: those of sources, then of what makes them. */
    private void choose(Map<String, Quantization> activations) {
        Map<Value, Quantization> summands = new HashMap<>();
        QuantizableOperations.convolutions(builder)
                .forEach((name, node) -> QuantizableOperations.result(node)
                        .filter(_ -> activations.containsKey(name))
                        .ifPresent(result -> summands.put(result, activations.get(name))));
        QuantizableOperations.names(builder).forEach((node, name) -> {
            if (activations.containsKey(name)) {
                integers.add(node);
                quantizations.put(node.input(0), activations.get(name));
                Quantization summand = activations.get(QuantizableOperations.summand(name));
                if (summand != null) {
                    summands.put(node.inputs().getLast(), summand);
                }
            }
        });
        for (Node node : builder.nodes().reversed()) {
            quantization(node).ifPresent(result -> {
                if (passesBytes(node)) {
                    quantizations.putIfAbsent(node.input(0), result);
                } else if (integers.contains(node)) {
                    QuantizableOperations.summand(node)
                            .filter(summands::containsKey)
                            .ifPresent(summand -> quantizations.putIfAbsent(summand, summands.get(summand)));
                }
            });
        }
    }

    /** How an operation's result is quantized if it need not stay as it is. */
    private Optional<Quantization> quantization(Node node) {
        return node.outputs().size() == 1 && !kept.contains(node.output())
                ? Optional.ofNullable(quantizations.get(node.output()))
                : Optional.empty();
    }

    /** Whether an operation makes of bytes some of these bytes. */
    private static boolean passesBytes(Node node) {
        return node.op() instanceof Pooling p && p.kind() == Pooling.Kind.MAX || node.op() instanceof Reshape;
    }

    private void store() {
        for (Node node : builder.nodes()) {
            quantization(node).filter(result -> yieldsBytes(node, result)).ifPresent(_ -> stored.add(node.output()));
        }
    }

    private boolean yieldsBytes(Node node, Quantization result) {
        if (integers.contains(node)) {
            return QuantizableOperations.summand(node)
                    .map(quantizations::containsKey)
                    .orElse(true);
        }
        return passesBytes(node) && stored.contains(node.input(0)) && result.equals(quantizations.get(node.input(0)));
    }

    private void rewrite(Node node) {
        if (integers.contains(node) && node.op() instanceof Convolution op) {
            put(convolution(node, op), integerInputs(node), node.output());
        } else if (integers.contains(node) && node.op() instanceof InnerProduct op) {
            put(innerProduct(node, op), integerInputs(node), node.output());
        } else if (!node.outputs().isEmpty() && stored.contains(node.outputs().getFirst())) {
            bytes.put(node.output(), builder.apply(node.op(), bytes(node.input(0))));
        } else {
            builder.add(
                    new Node(node.op(), node.inputs().stream().map(this::real).toList(), node.outputs()));
        }
    }

    private QuantizedConvolution convolution(Node node, Convolution op) {
        Optional<Quantization> result = storedAs(node.output());
        return new QuantizedConvolution(
                op.window(),
                op.groups(),
                op.postOps(),
                quantization(node.input(0)),
                result.flatMap(_ -> QuantizableOperations.summand(node).map(this::quantization)),
                result);
    }

    private QuantizedInnerProduct innerProduct(Node node, InnerProduct op) {
        return new QuantizedInnerProduct(op.activation(), quantization(node.input(0)), storedAs(node.output()));
    }

    private List<Value> integerInputs(Node node) {
        Optional<Value> summand = QuantizableOperations.summand(node);
        int numbers = node.inputs().size() - (summand.isPresent() ? 1 : 0);
        Value weights = real(node.input(1));
        Value scales = builder.weightScales(weights);
        List<Value> inputs =
                new ArrayList<>(List.of(bytes(node.input(0)), builder.quantizeWeights(weights, scales), scales));
        node.inputs().subList(2, numbers).forEach(bias -> inputs.add(real(bias)));
        summand.ifPresent(value -> inputs.add(stored.contains(node.output()) ? bytes(value) : real(value)));
        return inputs;
    }

    private void put(Op op, List<Value> inputs, Value result) {
        if (stored.contains(result)) {
            bytes.put(result, builder.apply(op, inputs.toArray(Value[]::new)));
        } else {
            builder.add(new Node(op, inputs, List.of(result)));
        }
    }

    private Quantization quantization(Value value) {
        return Objects.requireNonNull(quantizations.get(value), value::toString);
    }

    private Optional<Quantization> storedAs(Value value) {
        return stored.contains(value) ? Optional.of(quantization(value)) : Optional.empty();
    }

    private Value bytes(Value value) {
        Value known = bytes.get(value);
        if (known != null) {
            return known;
        }
        Value quantized = builder.quantize(value, quantization(value));
        bytes.put(value, quantized);
        return quantized;
    }

    private Value real(Value value) {
        if (!stored.contains(value)) {
            return value;
        }
        return floats.computeIfAbsent(value, v -> builder.dequantize(bytes(v), quantization(v)));
    }
}
