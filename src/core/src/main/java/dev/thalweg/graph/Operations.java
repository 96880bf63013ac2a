package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a graph that is being built, one by one. Each checks its inputs' shapes at once, so that a mistake
 * is reported where it is made.
 */
public sealed interface Operations permits Fragments {
    /**
     * Adds an operation.
     *
     * @param op the operation
     * @param operands its inputs; those that are null are left out
     * @return its outputs
     * @throws ShapeException if the inputs do not fit
     */
    List<Value> applyAll(Op op, @Nullable Value... operands);

    /**
     * {@return the operation that yields a value; empty for inputs and parameters}
     *
     * @param value a value of this graph
     */
    Optional<Node> producer(Value value);

    /**
     * {@return the logits that some outputs are made of, as far as the operation that yields them tells}
     *
     * @param outputs a value of this graph
     * @param kinds what the outputs must be: kinds of probabilities
     */
    default Optional<Value> logits(Value outputs, OutputKind... kinds) {
        Objects.requireNonNull(outputs, "outputs");
        List<OutputKind> wanted = List.of(kinds);
        return producer(outputs)
                .filter(node -> wanted.contains(node.op().yields()))
                // A product with the activation in it yields probabilities too, and its input is no logits.
                .filter(node -> node.inputs().size() == 1)
                .map(node -> node.input(0));
    }

    /**
     * Adds an operation with one output.
     *
     * @param op the operation
     * @param operands its inputs
     * @return its output
     * @throws ShapeException if the inputs do not fit
     */
    default Value apply(Op op, @Nullable Value... operands) {
        return applyAll(op, operands).getFirst();
    }

    /**
     * Adds a convolution.
     *
     * @param source {@code [N, C, H, W]}
     * @param weights {@code [O, C / groups, KH, KW]}
     * @param bias {@code [O]}, or null
     * @param window kernel, stride, dilation and padding
     * @param groups groups of channels
     * @return {@code [N, O, OH, OW]}
     */
    default Value convolution(Value source, Value weights, @Nullable Value bias, Window window, int groups) {
        return apply(new Convolution(window, groups), source, weights, bias);
    }

    /**
     * Adds a pooling.
     *
     * @param kind maximum or mean
     * @param source {@code [N, C, H, W]}
     * @param window kernel, stride, dilation and padding
     * @return {@code [N, C, OH, OW]}
     */
    default Value pooling(Pooling.Kind kind, Value source, Window window) {
        return apply(new Pooling(kind, window), source);
    }

    /**
     * Adds a fully connected product.
     *
     * @param source {@code [N, I]}
     * @param weights {@code [O, I]}
     * @param bias {@code [O]}, or null
     * @return {@code [N, O]}
     */
    default Value innerProduct(Value source, Value weights, @Nullable Value bias) {
        return apply(new InnerProduct(), source, weights, bias);
    }

    /**
     * Adds a softmax.
     *
     * @param source any shape
     * @param axis along which the outputs sum to 1; negative counts from the end
     * @return of the source's shape
     */
    default Value softmax(Value source, int axis) {
        return apply(new Softmax(source.shape().axis(axis), false), source);
    }

    /**
     * Adds a log-softmax.
     *
     * @param source any shape
     * @param axis along which the exponentials of the outputs sum to 1; negative counts from the end
     * @return of the source's shape
     */
    default Value logSoftmax(Value source, int axis) {
        return apply(new Softmax(source.shape().axis(axis), true), source);
    }

    /**
     * Adds a function of each element that needs no coefficients.
     *
     * @param kind the function
     * @param source any shape
     * @return of the source's shape
     */
    default Value eltwise(Eltwise.Kind kind, Value source) {
        Objects.requireNonNull(kind, "kind");
        return eltwise(kind, source, 0, 0);
    }

    /**
     * Adds a function of each element.
     *
     * @param kind the function
     * @param source any shape
     * @param alpha its first coefficient
     * @param beta its second coefficient
     * @return of the source's shape
     */
    default Value eltwise(Eltwise.Kind kind, Value source, float alpha, float beta) {
        Objects.requireNonNull(kind, "kind");
        return apply(new Eltwise(kind, alpha, beta), source);
    }

    /**
     * Adds {@code αx + β}; nothing where that is x, a constant where x is one.
     *
     * @param source any shape
     * @param alpha the factor
     * @param beta the summand
     * @return of the source's shape
     */
    default Value linear(Value source, float alpha, float beta) {
        if (alpha == 1 && beta == 0) {
            return source;
        }
        if (producer(source).map(Node::op).orElse(null) instanceof Constant c) {
            return constant(alpha * c.value() + beta, c.shape());
        }
        return eltwise(Eltwise.Kind.LINEAR, source, alpha, beta);
    }

    /**
     * Adds a repetition to a shape; nothing where the shape is that already.
     *
     * @param source of the same rank
     * @param shape the extents wanted
     * @return of that shape
     */
    default Value broadcast(Value source, Shape shape) {
        if (source.shape().equals(shape)) {
            return source;
        }
        return producer(source).map(Node::op).orElse(null) instanceof Constant c
                ? constant(c.value(), shape)
                : apply(new Broadcast(shape), source);
    }

    /**
     * Adds a sum, mean or maximum over axes, which stay with extent 1; nothing where they all have extent 1 already.
     *
     * @param kind which number
     * @param source any shape
     * @param axes which; negative counts from the end; none for all
     * @return the reduced tensor
     */
    default Value reduce(Reduction.Kind kind, Value source, int... axes) {
        Objects.requireNonNull(kind, "kind");
        Shape shape = source.shape();
        IntStream chosen = axes.length == 0
                ? IntStream.range(0, shape.rank())
                : Arrays.stream(axes).map(shape::axis);
        List<Integer> longer = chosen.filter(i -> shape.dim(i) > 1).boxed().toList();
        return longer.isEmpty() ? source : apply(new Reduction(kind, longer), source);
    }

    /**
     * Adds other extents for the same elements; nothing where they are the same.
     *
     * @param source any shape
     * @param shape of as many elements
     * @return of that shape
     */
    default Value reshape(Value source, Shape shape) {
        return source.shape().equals(shape) ? source : apply(new Reshape(shape), source);
    }

    /**
     * Adds tensors side by side; nothing where there is only one.
     *
     * @param axis along which; negative counts from the end
     * @param sources equal in all other extents
     * @return the joined tensor
     */
    default Value concat(int axis, List<Value> sources) {
        return sources.size() == 1
                ? sources.getFirst()
                : apply(new Concat(sources.getFirst().shape().axis(axis)), sources.toArray(Value[]::new));
    }

    /**
     * Adds a range of a tensor; nothing where it is all of it.
     *
     * @param source any shape
     * @param axis along which; negative counts from the end
     * @param from the first index
     * @param length how many indices
     * @return the part
     */
    default Value slice(Value source, int axis, int from, int length) {
        int counted = source.shape().axis(axis);
        return from == 0 && length == source.shape().dim(counted)
                ? source
                : apply(new Slice(counted, from, length), source);
    }

    /**
     * Adds an order of axes; nothing where it is the same.
     *
     * @param source any shape
     * @param order for each axis of the result, which axis of the source it is
     * @return the transposed tensor
     */
    default Value transpose(Value source, Integer... order) {
        Objects.requireNonNull(source, "source");
        List<Integer> axes = List.of(order);
        return axes.equals(axes.stream().sorted().toList()) ? source : apply(new Transpose(axes), source);
    }

    /**
     * Adds matrix products of the last two axes.
     *
     * @param first {@code [..., M, K]}
     * @param second {@code [..., K, N]}
     * @return {@code [..., M, N]}
     */
    default Value matmul(Value first, Value second) {
        return apply(new MatMul(false, false), first, second);
    }

    /**
     * Adds a batch normalization by the batch's own statistics.
     *
     * @param source {@code [N, C, ...]}
     * @param scale {@code [C]}
     * @param shift {@code [C]}
     * @param epsilon added to the variance
     * @return the result, the mean {@code [C]} and the variance {@code [C]}
     */
    default List<Value> batchNormalization(Value source, Value scale, Value shift, float epsilon) {
        return applyAll(new BatchNormalization(epsilon, false), source, scale, shift);
    }

    /**
     * Adds a normalization to mean 0 and variance 1 along the last axis: {@code (x − μ) / √(σ² + ε)}.
     *
     * @param source any shape
     * @param epsilon ε
     * @return of the source's shape
     */
    default Value normalize(Value source, float epsilon) {
        return apply(new LayerNormalization(epsilon), source);
    }

    /**
     * Adds a layer normalization.
     *
     * @param source {@code [..., D]}
     * @param scale {@code [D]}
     * @param shift {@code [D]}
     * @param epsilon added to the variance
     * @return of the source's shape
     */
    default Value layerNormalization(Value source, Value scale, Value shift, float epsilon) {
        return apply(new LayerNormalization(epsilon), source, scale, shift);
    }

    /**
     * Adds a conversion of type; nothing where it is that already.
     *
     * @param source any shape
     * @param type the type wanted
     * @return of the same shape
     */
    default Value cast(Value source, DataType type) {
        Objects.requireNonNull(type, "type");
        return source.type() == type ? source : apply(new Cast(type), source);
    }

    /**
     * Adds a tensor of one number.
     *
     * @param number the number
     * @param shape the extents
     * @return the value
     */
    default Value constant(float number, Shape shape) {
        Objects.requireNonNull(shape, "shape");
        return apply(new Constant(number, shape));
    }

    /**
     * Adds a tensor of given numbers.
     *
     * @param numbers row-major
     * @param shape the extents
     * @return the value
     * @throws ShapeException if there are more or fewer numbers than the shape has elements
     */
    default Value constant(float[] numbers, Shape shape) {
        return apply(new ConstantTensor(FloatBuffer.wrap(numbers.clone()), shape));
    }
}
