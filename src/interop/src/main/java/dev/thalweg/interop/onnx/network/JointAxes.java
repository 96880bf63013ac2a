package dev.thalweg.interop.onnx.network;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Along which axes an operator takes elements together, and leaves the extents what they are: where examples lie along
 * one of them, they would be mixed in silence. What changes the extents shows by that.
 */
final class JointAxes {
    private static final Set<String> OF_PICTURES = Set.of(
            "AveragePool",
            "BatchNormalization",
            "Conv",
            "ConvTranspose",
            "GroupNormalization",
            "InstanceNormalization",
            "LRN",
            "LpPool",
            "MaxPool");
    private static final Set<String> OF_SEQUENCES = Set.of("GRU", "LSTM", "RNN");
    private static final Set<String> SOFTMAXES = Set.of("Hardmax", "LogSoftmax", "Softmax");
    private static final Set<String> OF_LAST = Set.of("LayerNormalization", "RMSNormalization");
    /** From which version on softmaxes are along one axis; before, along it and all behind. */
    private static final int ONE_AXIS = 13;

    private JointAxes() {}

    /**
     * {@return the axes}
     *
     * @param step the operator at work
     * @param opset its version
     * @param rank of its first operand
     * @param second what its second operand is, where that is known as whole numbers
     */
    static Set<Integer> of(Step step, long opset, int rank, List<Long> second) {
        String type = step.node().domain().isEmpty() ? step.node().opType() : "";
        if (OF_PICTURES.contains(type)) {
            return from(1, rank);
        }
        if (OF_SEQUENCES.contains(type)) {
            return IntStream.range(0, rank).filter(axis -> axis != 1).boxed().collect(Collectors.toSet());
        }
        if (SOFTMAXES.contains(type)) {
            return opset < ONE_AXIS
                    ? from(axis(step.whole("axis", 1), rank), rank)
                    : axes(step.whole("axis", -1), rank);
        }
        if (OF_LAST.contains(type)) {
            return from(axis(step.whole("axis", -1), rank), rank);
        }
        if (type.equals("LpNormalization")) {
            return axes(step.whole("axis", -1), rank);
        }
        return type.equals("CumSum") && second.size() == 1 ? axes(second.getFirst(), rank) : Set.of();
    }

    private static int axis(long axis, int rank) {
        return Math.floorMod(axis, Math.max(1, rank));
    }

    private static Set<Integer> axes(long axis, int rank) {
        return Set.of(axis(axis, rank));
    }

    private static Set<Integer> from(int first, int rank) {
        return IntStream.range(first, Math.max(first, rank)).boxed().collect(Collectors.toSet());
    }
}
