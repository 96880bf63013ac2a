package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxTensor;
import java.util.Map;
import java.util.Set;

/** Which tensors of a file are weights, and which say how something is computed. */
final class OperandRoles {
    /** By operator, the operands that must be known before anything runs. */
    private static final Map<String, Set<Integer>> SETTINGS = Map.ofEntries(
            Map.entry("Cast", Set.of(0)),
            Map.entry("Clip", Set.of(1, 2)),
            Map.entry("CumSum", Set.of(1)),
            Map.entry("DequantizeLinear", Set.of(1, 2)),
            Map.entry("Dropout", Set.of(1, 2)),
            Map.entry("GRU", Set.of(4, 5)),
            Map.entry("LSTM", Set.of(4, 5, 6)),
            Map.entry("OneHot", Set.of(1, 2)),
            Map.entry("Pad", Set.of(1, 2, 3)),
            Map.entry("Pow", Set.of(1)),
            Map.entry("QuantizeLinear", Set.of(1, 2)),
            Map.entry("Range", Set.of(0, 1, 2)),
            Map.entry("Resize", Set.of(1, 2, 3)),
            Map.entry("Shape", Set.of(0)),
            Map.entry("Size", Set.of(0)),
            Map.entry("Upsample", Set.of(1)));

    /** What takes single numbers that nobody means to be learnt. */
    private static final Set<String> ARITHMETIC = Set.of(
            "Add",
            "Sub",
            "Mul",
            "Div",
            "Max",
            "Min",
            "Mod",
            "Where",
            "Equal",
            "Greater",
            "Less",
            "GreaterOrEqual",
            "LessOrEqual");

    /** What takes means and deviations of pictures, and hardly ever weights. */
    private static final Set<String> SCALING = Set.of("Sub", "Div");

    /** What takes weights, wherever in the file they stand. */
    private static final Set<String> LEARNING = Set.of(
            "BatchNormalization",
            "Conv",
            "ConvTranspose",
            "GRU",
            "Gemm",
            "GroupNormalization",
            "InstanceNormalization",
            "LSTM",
            "LayerNormalization",
            "MatMul",
            "PRelu",
            "RNN");

    private OperandRoles() {}

    /** Whether an operand must be known before anything runs. */
    static boolean isSetting(OnnxNode node, int operand) {
        return SETTINGS.getOrDefault(node.opType(), Set.of()).contains(operand);
    }

    /**
     * Whether an operand is a weight.
     *
     * @param node what takes it
     * @param operand which of the node's
     * @param tensor its numbers
     * @param isInitializer whether it is one, or else the result of a node
     */
    static boolean isWeight(OnnxNode node, int operand, OnnxTensor tensor, boolean isInitializer) {
        boolean single = tensor.elements() == 1 && ARITHMETIC.contains(node.opType());
        return tensor.type().isFloating()
                && tensor.elements() > 0
                && !isSetting(node, operand)
                && !single
                && !SCALING.contains(node.opType())
                && (isInitializer || LEARNING.contains(node.opType()));
    }
}
