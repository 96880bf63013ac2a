package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A pass for inference: convolutions whose source and weights were calibrated compute in integers. What only the next
 * one reads, as quantized, is stored as integers; everything else stays floats. To be applied after all other passes.
 */
final class QuantizeConvolutions {
    private final GraphBuilder builder;
    private final List<Value> kept;
    private final Map<Value, Quantization> activations;
    private final Map<Value, Value> quantized = new HashMap<>();

    private QuantizeConvolutions(GraphBuilder builder, List<Value> kept, Map<Value, Quantization> activations) {
        this.builder = builder;
        this.kept = kept;
        this.activations = activations;
    }

    /**
     * Rewrites a graph that is being built and will not be differentiated.
     *
     * @param builder holds the operations
     * @param kept values that must stay, because somebody will ask for them
     * @param activations how sources are quantized
     * @param weights the scale of each filter, by the weights
     */
    public static void apply(
            GraphBuilder builder, List<Value> kept, Map<Value, Quantization> activations, Map<Value, float[]> weights) {
        Objects.requireNonNull(kept, "kept");
        QuantizeConvolutions pass = new QuantizeConvolutions(builder, kept, activations);
        for (Node node : List.copyOf(builder.nodes())) {
            if (node.op() instanceof Convolution op) {
                Quantization source = activations.get(node.input(0));
                float[] scales = weights.get(node.input(1));
                if (source != null && scales != null) {
                    pass.quantize(node, op, source, scales);
                }
            }
        }
        pass.quantized.forEach(pass::store);
    }

    private void quantize(Node node, Convolution op, Quantization source, float[] scales) {
        int before = builder.nodes().size();
        List<Value> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, quantized.computeIfAbsent(node.input(0), v -> builder.quantize(v, source)));
        Value perFilter = builder.constant(scales, Shape.of(scales.length));
        inputs.set(1, builder.quantizeWeights(node.input(1), perFilter));
        inputs.add(2, perFilter);
        builder.moveBefore(before, node);
        QuantizedConvolution integers = new QuantizedConvolution(
                op.window(), op.groups(), op.postOps(), source, Optional.empty(), Optional.empty());
        builder.replace(node, node, new Node(integers, inputs, node.outputs()));
    }

    /** Lets a convolution store its result as the integers that alone are made of it. */
    private void store(Value real, Value integers) {
        Node cast = builder.producer(integers).orElseThrow();
        Node step = builder.producer(cast.input(0)).orElse(null);
        if (step == null || !step.inputs().contains(real) || builder.onlyFor(cast, cast.input(0), kept) == null) {
            return;
        }
        Node convolution = builder.onlyFor(step, real, kept);
        if (convolution != null
                && convolution.op() instanceof QuantizedConvolution op
                && !op.postOps().sum()) {
            QuantizedConvolution storing = new QuantizedConvolution(
                    op.window(),
                    op.groups(),
                    op.postOps(),
                    op.source(),
                    Optional.empty(),
                    Optional.ofNullable(activations.get(real)));
            builder.nodes().remove(cast);
            builder.replace(convolution, step, new Node(storing, convolution.inputs(), cast.outputs()));
        }
    }
}
