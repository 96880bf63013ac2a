package dev.thalweg.graph;

import dev.thalweg.tensor.ShapeException;
import java.util.List;

/**
 * An operation: a record of its attributes that knows its shapes, its gradient and what memory it needs
 * left alone, and nothing of how it is computed.
 */
public sealed interface Op
        permits BatchNormalization,
                BatchNormalizationBackward,
                BatchNormalizationInference,
                Binary,
                Broadcast,
                Cast,
                Concat,
                Constant,
                Convolution,
                ConvolutionBackwardData,
                ConvolutionBackwardWeights,
                DropoutMask,
                Eltwise,
                EltwiseBackward,
                InnerProduct,
                InnerProductBackwardData,
                InnerProductBackwardWeights,
                MatMul,
                Pooling,
                PoolingBackward,
                Recurrence,
                RecurrenceBackward,
                Reduction,
                Reshape,
                Slice,
                Softmax,
                SoftmaxBackward,
                SoftmaxCrossEntropy,
                SoftmaxCrossEntropyBackward,
                Track,
                Transpose,
                Update {

    /**
     * Checks the inputs and infers what comes out.
     *
     * @param inputs the operands
     * @return shape and type of each output
     * @throws ShapeException if the inputs do not fit the operation
     */
    List<TensorType> infer(List<Value> inputs);

    /**
     * {@return what the operation does to memory: {@link InPlace} decides from it who may overwrite what}
     *
     * @param inputs how many operands there are
     */
    Aliasing aliasing(int inputs);

    /**
     * Adds the operations that carry the outputs' gradients back to the inputs (the chain rule for this operation).
     *
     * @param at the node of this operation, the gradients that arrive, and the builder to add to
     * @return a gradient for each input, null where none is wanted or none exists
     * @throws UnsupportedOperationException if the operation has no gradient
     */
    default List<Value> gradient(Differential at) {
        throw new UnsupportedOperationException(
                "operation " + this + " has no gradient: it cannot stand between the loss and a" + " parameter");
    }
}
