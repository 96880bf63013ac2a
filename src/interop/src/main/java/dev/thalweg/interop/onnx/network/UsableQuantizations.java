package dev.thalweg.interop.onnx.network;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.Value;
import dev.thalweg.model.Network;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a network can make of how a file quantizes what flows. */
final class UsableQuantizations {
    private UsableQuantizations() {}

    /**
     * {@return those of values that are read as integers here, and of results; where a file quantizes one value in
     * several ways, one for each reader, the first reader's is that of all}
     *
     * @param network which predicts
     * @param quantized how what flows is quantized in the file
     */
    static Map<String, Quantization> of(Network network, Map<String, Quantization> quantized) {
        if (quantized.isEmpty()) {
            return quantized;
        }
        GraphBuilder builder = new GraphBuilder();
        List<Value> inputs = network.inputs().stream()
                .map(port -> builder.input(port.name(), port.shape().batched(1)))
                .toList();
        Passes.beforeGradients(builder, network.build(builder, inputs, false, _ -> false), false);
        Set<String> names = Passes.quantizableNames(builder);
        Map<String, Value> values = Passes.quantizable(builder);
        Map<Value, Quantization> chosen = new HashMap<>();
        Map<String, Quantization> usable = new LinkedHashMap<>();
        quantized.forEach((name, quantization) -> {
            Value value = values.get(name);
            if (value != null) {
                usable.put(name, chosen.computeIfAbsent(value, _ -> quantization));
            } else if (names.contains(name)) {
                usable.put(name, quantization);
            }
        });
        return usable;
    }
}
