package dev.thalweg.interop.onnx.lowering;

import java.util.List;

/** How one operator is computed, in one range of its versions. */
@FunctionalInterface
public interface Lowering {
    /**
     * Computes what is known, and adds to the graph what is not.
     *
     * @param call the operator at work
     * @return the node's outputs; those after the last one that the node names may be missing
     * @throws UnsupportedOperatorException if this use of the operator cannot be computed
     * @throws dev.thalweg.tensor.ShapeException if the operands do not fit together
     */
    List<Operand> lower(Call call);
}
