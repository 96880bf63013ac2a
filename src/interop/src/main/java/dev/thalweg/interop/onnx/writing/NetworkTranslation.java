package dev.thalweg.interop.onnx.writing;

import dev.thalweg.data.Normalization;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.model.Network;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A network and its weights as an ONNX graph for batches of any size. */
final class NetworkTranslation {
    private static final float WHITE = 255;

    private final OnnxGraphBuilder builder = new OnnxGraphBuilder();
    private final WrittenValues operands = new WrittenValues();
    private final Network network;
    private final TracedNetwork traced;

    private NetworkTranslation(Network network) {
        this.network = network;
        this.traced = new TracedNetwork(network);
    }

    /**
     * Translates a network.
     *
     * @param network the architecture
     * @param weights row-major by name
     * @param activations how what flows is quantized, by the names of {@link dev.thalweg.graph.Passes#quantizableNames}
     * @param inside what the graph does to bytes of pictures first, if it shall
     * @return the graph, each node named by its layer
     * @throws IllegalArgumentException if the network has operations that ONNX has not
     */
    static OnnxGraph of(
            Network network,
            Map<String, float[]> weights,
            Map<String, Quantization> activations,
            Optional<Normalization> inside) {
        NetworkTranslation translation = new NetworkTranslation(network);
        translation.addInputs(inside);
        translation.addWeights(weights);
        return translation.graph(activations);
    }

    private void addInputs(Optional<Normalization> inside) {
        for (int i = 0; i < network.inputs().size(); i++) {
            Port port = network.inputs().get(i);
            Value value = traced.inputs().get(i);
            BatchExtents extents = traced.extents(value);
            operands.put(
                    value,
                    inside.filter(_ -> port.equals(network.pictures()))
                            .map(normalization -> normalized(port, extents, normalization))
                            .orElseGet(() -> builder.input(port.name(), ElementType.FLOAT, extents)));
        }
    }

    private WrittenValue normalized(Port port, BatchExtents extents, Normalization normalization) {
        Shape picture = port.shape();
        int channels = normalization.mean().size();
        if (picture.rank() != 3 || picture.dim(0) != channels) {
            throw new IllegalArgumentException("the normalization is not put inside: it is of pictures of " + channels
                    + " channels, and what flows into the network is " + port);
        }
        WrittenValue bytes = builder.input(port.name(), ElementType.UINT8, extents);
        builder.layer("normalization");
        FunctionNodes functions = new FunctionNodes(builder);
        WrittenValue floats = functions.cast(ElementType.FLOAT, bytes);
        // Step by step as it is done outside, so that each rounding is the same.
        WrittenValue unit = functions.number("Div", floats, WHITE);
        WrittenValue centred = functions.of("Sub", unit, perChannel("mean", normalization.mean()));
        return functions.of("Div", centred, perChannel("std", normalization.std()));
    }

    private WrittenValue perChannel(String role, List<Float> numbers) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = numbers.get(i);
        }
        return builder.floats(role, values, 1, values.length, 1, 1);
    }

    private void addWeights(Map<String, float[]> weights) {
        for (Value parameter : traced.parameters()) {
            OnnxTensor tensor = OnnxGraphBuilder.tensor(
                    Objects.requireNonNull(weights.get(parameter.name()), parameter::toString),
                    Arrays.stream(parameter.shape().toArray()).asLongStream().toArray());
            operands.put(parameter, new WrittenValue.Known(parameter.name(), tensor));
        }
    }

    private OnnxGraph graph(Map<String, Quantization> activations) {
        Translation translation = new Translation(builder, traced, operands, activations);
        traced.steps().forEach(translation::add);
        Map<String, WrittenValue> outputs = new LinkedHashMap<>();
        for (int i = 0; i < traced.outputs().size(); i++) {
            outputs.put(
                    network.outputs().get(i).name(),
                    translation.exact(traced.outputs().get(i)));
        }
        builder.layer("output");
        return builder.finish("thalweg", outputs);
    }
}
