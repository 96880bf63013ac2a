package dev.thalweg.graph;

import dev.thalweg.tensor.ShapeException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An operation: a record of its attributes that states every fact about itself but how it is computed, which is the
 * backends'. No method has a default, so that a new operation forgets none.
 */
public sealed interface Op
        permits AllReduce,
                BatchNormalization,
                BatchNormalizationBackward,
                BatchNormalizationInference,
                Binary,
                Broadcast,
                Cast,
                Concat,
                Constant,
                ConstantTensor,
                Convolution,
                ConvolutionBackwardData,
                ConvolutionBackwardWeights,
                DropoutMask,
                Eltwise,
                EltwiseBackward,
                InnerProduct,
                InnerProductBackwardData,
                InnerProductBackwardWeights,
                LayerNormalization,
                LayerNormalizationBackward,
                MatMul,
                ParameterChange,
                Pooling,
                PoolingBackward,
                QuantizedConvolution,
                QuantizedInnerProduct,
                Recurrence,
                RecurrenceBackward,
                Reduction,
                Reshape,
                Slice,
                Softmax,
                SoftmaxBackward,
                SoftmaxCrossEntropy,
                SoftmaxCrossEntropyBackward,
                Transpose {

    /**
     * Checks the inputs and infers what comes out.
     *
     * @param inputs the operands
     * @return shape and type of each output
     * @throws ShapeException if the inputs do not fit the operation
     */
    List<TensorType> infer(List<Value> inputs);

    /**
     * {@return what the operation does to memory: {@code InPlace} decides from it who may overwrite what}
     *
     * @param inputs how many operands there are
     */
    Aliasing aliasing(int inputs);

    /**
     * {@return which inputs the operation reads as short floats where activations are short}
     *
     * @param inputs how many operands there are
     */
    ShortInputs shortInputs(int inputs);

    /**
     * {@return the operation that also applies a function to each element of the first output as it stores it, on the
     * same inputs; empty where there is none}
     *
     * @param function the function
     */
    Optional<Op> fused(Eltwise function);

    /**
     * {@return what the numbers of the first output are; {@link OutputKind#UNKNOWN} where there is none}
     */
    OutputKind yields();

    /**
     * {@return whether the operation computes or uses gradients: kernels of a graph that has such operations leave what
     * a backward pass needs of them}
     */
    boolean servesGradients();

    /**
     * Adds the operations that carry the outputs' gradients back to the inputs (the chain rule for this operation).
     *
     * @param at the node of this operation, the gradients that arrive, and the builder to add to
     * @return a gradient for each input, null where none is wanted or none exists
     * @throws UnsupportedOperationException if the operation has no gradient
     */
    List<@Nullable Value> gradient(Differential at);
}
