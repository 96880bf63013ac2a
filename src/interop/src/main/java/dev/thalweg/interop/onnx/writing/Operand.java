package dev.thalweg.interop.onnx.writing;

import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxTensor;
import java.util.List;
import java.util.Map;

/** A tensor of a graph that is being written. Two are the same if they are one object. */
sealed interface Operand {
    Extents extents();

    /** An optional operand that is left out. */
    record Missing() implements Operand {
        @Override
        public Extents extents() {
            return Extents.of();
        }
    }

    /**
     * What flows in.
     *
     * @param name unique among the inputs
     * @param extents its extents
     */
    record Input(String name, Extents extents) implements Operand {}

    /**
     * Numbers that are known: weights, or what an operator wants to be told by a tensor.
     *
     * @param name what they are called, if no others are
     * @param tensor the numbers
     */
    record Known(String name, OnnxTensor tensor) implements Operand {
        @Override
        public Extents extents() {
            return Extents.of(tensor.dims().stream().mapToLong(Long::longValue).toArray());
        }
    }

    /**
     * The first output of a node.
     *
     * @param layer whose the node is
     * @param opType its operator
     * @param inputs what it takes
     * @param attributes what else it is told
     * @param extents of the output
     */
    record Result(
            String layer, String opType, List<Operand> inputs, Map<String, OnnxAttribute> attributes, Extents extents)
            implements Operand {}
}
