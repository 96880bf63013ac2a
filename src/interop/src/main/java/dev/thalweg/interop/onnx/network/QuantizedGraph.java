package dev.thalweg.interop.onnx.network;

import dev.thalweg.graph.Quantization;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxModel;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.OnnxValue;
import dev.thalweg.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A graph without its pairs of QuantizeLinear and DequantizeLinear: what stood between them is floats again, weights in
 * integers are the floats that they stand for, and how the sources of products were quantized is known by the weights.
 * What these pairs round is not rounded then, but where a product computes in integers. Nodes that are no such pair stay
 * as they are.
 *
 * @param model without the pairs
 * @param sources how what flows into Conv, Gemm and MatMul is quantized, by the name of their weights
 */
record QuantizedGraph(OnnxModel model, Map<String, Quantization> sources) {
    private static final String QUANTIZE = "QuantizeLinear";
    private static final String DEQUANTIZE = "DequantizeLinear";
    private static final Set<String> PRODUCTS = Set.of("Conv", "Gemm", "MatMul");

    /** Takes the pairs out. */
    static QuantizedGraph of(OnnxModel model) {
        return new Removal(model).result();
    }

    /** The pairs of one graph. */
    private static final class Removal {
        private final OnnxModel model;
        private final Map<String, OnnxTensor> initializers;
        private final Map<String, OnnxNode> quantizations = new HashMap<>();
        private final Map<String, List<OnnxNode>> readers = new HashMap<>();
        private final Set<String> outputs = new HashSet<>();
        /** What stands for what comes out of a DequantizeLinear. */
        private final Map<String, String> floats = new HashMap<>();
        /** By what comes out of a DequantizeLinear. */
        private final Map<String, Quantization> rounded = new HashMap<>();

        private final Set<OnnxNode> removed = new HashSet<>();

        Removal(OnnxModel model) {
            this.model = model;
            this.initializers = new LinkedHashMap<>(model.graph().initializers());
            model.graph().outputs().stream().map(OnnxValue::name).forEach(outputs::add);
            for (OnnxNode node : model.graph().nodes()) {
                node.inputs().forEach(input -> readers.computeIfAbsent(input, _ -> new ArrayList<>())
                        .add(node));
                if (node.opType().equals(QUANTIZE)) {
                    quantizations.put(node.outputs().getFirst(), node);
                }
            }
        }

        QuantizedGraph result() {
            List<OnnxNode> nodes = model.graph().nodes();
            nodes.stream().filter(node -> node.opType().equals(DEQUANTIZE)).forEach(this::dequantize);
            if (removed.isEmpty()) {
                return new QuantizedGraph(model, Map.of());
            }
            // One that nobody reads any more would compute for nobody.
            quantizations.forEach((output, node) -> {
                if (!outputs.contains(output) && removed.containsAll(readers.getOrDefault(output, List.of()))) {
                    removed.add(node);
                }
            });
            Map<String, Quantization> sources = new LinkedHashMap<>();
            for (OnnxNode node : nodes) {
                if (PRODUCTS.contains(node.opType()) && rounded.containsKey(node.inputs().get(0))) {
                    sources.put(name(node.inputs().get(1)), rounded.get(node.inputs().get(0)));
                }
            }
            OnnxGraph graph = model.graph();
            return new QuantizedGraph(
                    new OnnxModel(
                            model.opsets(),
                            new OnnxGraph(
                                    graph.name(),
                                    nodes.stream()
                                            .filter(node -> !removed.contains(node))
                                            .map(this::onFloats)
                                            .toList(),
                                    initializers,
                                    graph.inputs(),
                                    graph.outputs()),
                            model.metadata()),
                    sources);
        }

        private void dequantize(OnnxNode node) {
            String output = node.outputs().getFirst();
            String integers = node.inputs().getFirst();
            if (outputs.contains(output)) {
                return;
            }
            OnnxTensor known = model.graph().initializers().get(integers);
            if (known != null) {
                dequantized(node, known).ifPresent(tensor -> {
                    initializers.put(integers, tensor);
                    floats.put(output, integers);
                    removed.add(node);
                });
            } else if (quantizations.get(integers) instanceof OnnxNode before) {
                quantization(node).filter(q -> quantization(before).equals(Optional.of(q))).ifPresent(q -> {
                    floats.put(output, before.inputs().getFirst());
                    rounded.put(output, q);
                    removed.add(node);
                });
            }
        }

        /** Of whole numbers that somebody else reads too, nothing is made. */
        private Optional<OnnxTensor> dequantized(OnnxNode node, OnnxTensor integers) {
            OnnxTensor scale = operand(node, 1);
            OnnxTensor zero = operand(node, 2);
            if (scale == null
                    || integers.type().isFloating()
                    || readers.get(node.inputs().getFirst()).size() > 1
                    || zero == null && node.inputs().size() > 2
                    || zero != null && zero.elements() != scale.elements()) {
                return Optional.empty();
            }
            long[] dims = integers.dims().stream().mapToLong(Long::longValue).toArray();
            int axis = node.attributes().get("axis") instanceof OnnxAttribute.Whole(long at) ? (int) at : 1;
            axis += axis < 0 ? dims.length : 0;
            boolean single = scale.elements() == 1;
            if (!single && (axis < 0 || axis >= dims.length || dims[axis] != scale.elements())) {
                return Optional.empty();
            }
            int inner = 1;
            for (int i = axis + 1; i < dims.length; i++) {
                inner *= Math.toIntExact(dims[i]);
            }
            float[] scales = scale.floats();
            long[] zeros = zero == null ? new long[scales.length] : zero.wholes();
            long[] numbers = integers.wholes();
            ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Float.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < numbers.length; i++) {
                int channel = single ? 0 : i / inner % scales.length;
                data.putFloat((numbers[i] - zeros[channel]) * scales[channel]);
            }
            return Optional.of(new OnnxTensor(ElementType.FLOAT, integers.dims(), data.flip()));
        }

        /** What a node says of how bytes stand for floats, if it is the same for all of them. */
        private Optional<Quantization> quantization(OnnxNode node) {
            OnnxTensor scale = operand(node, 1);
            OnnxTensor zero = operand(node, 2);
            if (scale == null || scale.elements() != 1 || zero == null && node.inputs().size() > 2) {
                return Optional.empty();
            }
            ElementType type = zero == null ? ElementType.UINT8 : zero.type();
            float distance = scale.floats()[0];
            if (type != ElementType.UINT8 && type != ElementType.INT8
                    || zero != null && zero.elements() != 1
                    || !(distance > 0 && distance <= Float.MAX_VALUE)) {
                return Optional.empty();
            }
            return Optional.of(new Quantization(
                    type == ElementType.UINT8 ? DataType.UINT8 : DataType.INT8,
                    distance,
                    zero == null ? 0 : (int) zero.wholes()[0]));
        }

        private OnnxTensor operand(OnnxNode node, int place) {
            return node.inputs().size() > place
                    ? model.graph().initializers().get(node.inputs().get(place))
                    : null;
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
