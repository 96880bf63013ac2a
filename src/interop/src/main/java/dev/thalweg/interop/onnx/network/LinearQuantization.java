package dev.thalweg.interop.onnx.network;

import dev.thalweg.graph.Quantization;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.tensor.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How integers stand for floats between QuantizeLinear and DequantizeLinear, {@code (q − zero) · scale}: all alike, or
 * those at each place of an axis.
 *
 * @param type of the integers
 * @param scale one, or one for each place
 * @param zero as many
 * @param axis which; of no meaning where there is one scale
 */
record LinearQuantization(ElementType type, List<Float> scale, List<Long> zero, int axis) {
    /** The attribute that splits an axis into blocks; not read. */
    private static final String BLOCKS = "block_size";

    /**
     * {@return what a node says}
     *
     * @param node a QuantizeLinear or a DequantizeLinear
     * @param known tensors whose numbers the file has
     * @return empty if its scales are computed, or of a kind that is not known here
     */
    static Optional<LinearQuantization> of(OnnxNode node, Map<String, OnnxTensor> known) {
        OnnxTensor scales = operand(node, 1, known);
        OnnxTensor zeros = operand(node, 2, known);
        boolean zeroGiven = node.inputs().size() > 2 && !node.inputs().get(2).isEmpty();
        if (scales == null || zeroGiven && zeros == null || blocks(node)) {
            return Optional.empty();
        }
        List<Float> scale = Numbers.of(node.inputs().get(1), scales).reals();
        List<Long> zero = zeros == null
                ? scale.stream().map(_ -> 0L).toList()
                : Numbers.of(node.inputs().get(2), zeros).wholes();
        ElementType type = zeros == null ? ElementType.UINT8 : zeros.type();
        if (scale.isEmpty()
                || zero.size() != scale.size()
                || scale.stream().anyMatch(s -> !(s > 0 && s <= Float.MAX_VALUE))) {
            return Optional.empty();
        }
        int axis = node.attributes().get("axis") instanceof OnnxAttribute.Whole(long at) ? Math.toIntExact(at) : 1;
        return Optional.of(new LinearQuantization(type, scale, zero, axis));
    }

    private static boolean blocks(OnnxNode node) {
        return node.attributes().get(BLOCKS) instanceof OnnxAttribute.Whole(long size) && size != 0;
    }

    private static @Nullable OnnxTensor operand(OnnxNode node, int place, Map<String, OnnxTensor> known) {
        return node.inputs().size() > place ? known.get(node.inputs().get(place)) : null;
    }

    /** {@return the same of values that flow, if they are all alike and bytes; signed ones are told as unsigned} */
    Optional<Quantization> ofBytes() {
        return scale.size() == 1 && (type == ElementType.UINT8 || type == ElementType.INT8)
                ? Optional.of(new Quantization(
                        DataType.UINT8,
                        scale.getFirst(),
                        Math.toIntExact(zero.getFirst()) - (type == ElementType.INT8 ? Byte.MIN_VALUE : 0)))
                : Optional.empty();
    }

    /** {@return the floats that integers stand for; empty if there is not a scale for each place of the axis} */
    Optional<OnnxTensor> dequantized(OnnxTensor integers) {
        long[] from = integers.wholes();
        return mapped(integers.dims(), from.length, (i, place) -> (from[i] - zero.get(place)) * scale.get(place));
    }

    /** {@return the floats that are left of others when they went through bytes; empty as above} */
    Optional<OnnxTensor> rounded(OnnxTensor floats) {
        float[] from = floats.floats();
        long least = type == ElementType.INT8 ? Byte.MIN_VALUE : 0;
        return type == ElementType.UINT8 || type == ElementType.INT8
                ? mapped(floats.dims(), from.length, (i, place) -> {
                    long nearest = (long) Math.rint(from[i] / scale.get(place)) + zero.get(place);
                    return (Math.clamp(nearest, least, least + 255) - zero.get(place)) * scale.get(place);
                })
                : Optional.empty();
    }

    /** What a number becomes. */
    private interface Mapping {
        float of(int index, int place);
    }

    private Optional<OnnxTensor> mapped(List<Long> dims, int elements, Mapping mapping) {
        int count = scale.size();
        int at = axis < 0 ? axis + dims.size() : axis;
        if (count > 1 && (at < 0 || at >= dims.size() || dims.get(at) != count)) {
            return Optional.empty();
        }
        long inner = count == 1 ? 1 : dims.stream().skip(at + 1L).reduce(1L, Math::multiplyExact);
        ByteBuffer data =
                ByteBuffer.allocate(Math.multiplyExact(elements, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            data.putFloat(mapping.of(i, count == 1 ? 0 : (int) (i / inner % count)));
        }
        return Optional.of(new OnnxTensor(ElementType.FLOAT, dims, data.flip()));
    }
}
