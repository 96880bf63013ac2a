package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which values of a network go through bytes in its file, and by which quantization: what flows into products that
 * compute in integers, what is added to their results, and these results. A runtime computes in integers only what is
 * quantized on all sides.
 */
final class QuantizedValues {
    private final TracedNetwork traced;
    private final Map<String, Quantization> activations;
    private final Map<Value, List<Node>> readers = new HashMap<>();
    private final Map<Value, Quantization> found = new HashMap<>();

    private QuantizedValues(TracedNetwork traced, Map<String, Quantization> activations) {
        this.traced = traced;
        this.activations = activations;
        for (TracedNetwork.Step step : traced.steps()) {
            step.node()
                    .inputs()
                    .forEach(value -> readers.computeIfAbsent(value, _ -> new ArrayList<>())
                            .add(step.node()));
        }
    }

    /**
     * Finds them.
     *
     * @param traced the network
     * @param activations how what flows is quantized, by the names of {@link Passes#quantizableNames}
     * @return the quantizations
     */
    static Map<Value, Quantization> of(TracedNetwork traced, Map<String, Quantization> activations) {
        QuantizedValues values = new QuantizedValues(traced, activations);
        values.find();
        return values.found;
    }

    private void find() {
        Map<String, Node> products = products();
        products.forEach((name, node) -> put(node.input(0), name));
        products.forEach((name, node) -> summand(result(node)).ifPresent(value -> put(value, Passes.summand(name))));
        // Maxima of bytes are bytes.
        for (TracedNetwork.Step step : traced.steps().reversed()) {
            Node node = step.node();
            Quantization same = node.op() instanceof Pooling pooling && pooling.kind() == Pooling.Kind.MAX
                    ? found.get(node.output())
                    : null;
            if (same != null && readers(node.input(0)).size() == 1) {
                found.putIfAbsent(node.input(0), same);
            }
        }
        products.forEach((name, node) -> put(result(node), Passes.result(name)));
    }

    /** Products of weights that are parameters, as they are called where they could compute in integers. */
    private Map<String, Node> products() {
        Map<String, Node> products = new LinkedHashMap<>();
        Map<String, Integer> uses = new HashMap<>();
        for (TracedNetwork.Step step : traced.steps()) {
            Node node = step.node();
            if ((node.op() instanceof Convolution || node.op() instanceof InnerProduct)
                    && traced.parameters().contains(node.input(1))) {
                String weights = node.input(1).name();
                int use = uses.merge(weights, 1, Integer::sum);
                products.put(use == 1 ? weights : weights + " #" + use, node);
            }
        }
        return products;
    }

    private void put(Value value, String name) {
        Quantization quantization = activations.get(name);
        if (quantization != null) {
            found.putIfAbsent(value, quantization.asUnsigned());
        }
    }

    /** Behind what is folded into a product, and a function that does no more than a quantization. */
    private Value result(Node product) {
        Value result = product.output();
        Node reader = onlyReader(result);
        if (reader != null
                && reader.op() instanceof BatchNormalizationInference
                && reader.input(0).equals(result)) {
            result = reader.output();
            reader = onlyReader(result);
        }
        return reader != null && reader.op() instanceof Eltwise function && function.cuts() ? reader.output() : result;
    }

    private Optional<Value> summand(Value result) {
        Node reader = onlyReader(result);
        return reader != null && reader.op() instanceof Binary sum && sum.kind() == Binary.Kind.ADD
                ? reader.inputs().stream()
                        .filter(input -> !input.equals(result))
                        .findFirst()
                : Optional.empty();
    }

    private List<Node> readers(Value value) {
        return readers.getOrDefault(value, List.of());
    }

    private @Nullable Node onlyReader(Value value) {
        List<Node> all = readers(value);
        return all.size() == 1 && !traced.outputs().contains(value) ? all.getFirst() : null;
    }
}
