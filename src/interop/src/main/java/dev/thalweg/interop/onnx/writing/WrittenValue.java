package dev.thalweg.interop.onnx.writing;

import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxTensor;
import java.util.List;
import java.util.Map;

/** A tensor of a graph that is being written. Two are the same if they are one object. */
sealed interface WrittenValue {
    BatchExtents extents();

    /** An optional operand that is left out. */
    record Missing() implements WrittenValue {
        @Override
        public BatchExtents extents() {
            return BatchExtents.of();
        }
    }

    /**
     * What flows in.
     *
     * @param name unique among the inputs
     * @param extents its extents
     */
    record Input(String name, BatchExtents extents) implements WrittenValue {}

    /**
     * Numbers that are known: weights, or what an operator wants to be told by a tensor.
     *
     * @param name what they are called, if no others are
     * @param tensor the numbers
     */
    record Known(String name, OnnxTensor tensor) implements WrittenValue {
        @Override
        public BatchExtents extents() {
            return BatchExtents.of(
                    tensor.dims().stream().mapToLong(Long::longValue).toArray());
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
            String layer,
            String opType,
            List<WrittenValue> inputs,
            Map<String, OnnxAttribute> attributes,
            BatchExtents extents)
            implements WrittenValue {}
}
