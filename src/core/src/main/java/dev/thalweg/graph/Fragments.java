package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Parts of a graph that consist of several {@link Operations}. */
public sealed interface Fragments extends Operations permits GraphBuilder {
    /**
     * Adds the mean over height and width.
     *
     * @param source {@code [N, C, H, W]}
     * @return {@code [N, C, 1, 1]}
     */
    default Value globalAveragePooling(Value source) {
        Checks.rank("global average pooling", "a source", source.shape(), 4);
        return pooling(
                Pooling.Kind.AVERAGE,
                source,
                new Window(source.shape().dim(2), source.shape().dim(3), 1, 1, 1, 1, 0, 0, 0, 0));
    }

    /**
     * Adds a combination of two tensors whose shapes broadcast to each other: extents, aligned at the last axis, are
     * equal or one of them is 1 or absent.
     *
     * @param kind the combination
     * @param first one operand
     * @param second the other operand
     * @return of the common shape
     * @throws ShapeException if the shapes do not broadcast
     */
    default Value binary(Binary.Kind kind, Value first, Value second) {
        Objects.requireNonNull(kind, "kind");
        Shape common = broadcastShape(first, second);
        Value a = alignRank(first, common.rank());
        Value b = alignRank(second, common.rank());
        if (kind.commutes() && !a.shape().equals(common) && b.shape().equals(common)) {
            return apply(new Binary(kind), b, a);
        }
        return apply(new Binary(kind), broadcast(a, common), b);
    }

    private Value alignRank(Value value, int rank) {
        int missing = rank - value.shape().rank();
        if (missing == 0) {
            return value;
        }
        int[] dims = new int[rank];
        Arrays.fill(dims, 0, missing, 1);
        System.arraycopy(
                value.shape().toArray(), 0, dims, missing, value.shape().rank());
        return reshape(value, Shape.of(dims));
    }

    private static Shape broadcastShape(Value first, Value second) {
        int[] a = first.shape().toArray();
        int[] b = second.shape().toArray();
        int[] common = new int[Math.max(a.length, b.length)];
        for (int i = 1; i <= common.length; i++) {
            int da = i <= a.length ? a[a.length - i] : 1;
            int db = i <= b.length ? b[b.length - i] : 1;
            if (da != db && da != 1 && db != 1) {
                throw new ShapeException("shapes of " + first + " and " + second + " do not broadcast: extents " + da
                        + " and " + db + " differ and neither is 1");
            }
            common[common.length - i] = Math.max(da, db);
        }
        return Shape.of(common);
    }

    /**
     * Adds a sum.
     *
     * @param first one operand
     * @param second the other operand
     * @return of the common shape
     */
    default Value add(Value first, Value second) {
        return binary(Binary.Kind.ADD, first, second);
    }

    /**
     * Adds a product of elements.
     *
     * @param first one operand
     * @param second the other operand
     * @return of the common shape
     */
    default Value multiply(Value first, Value second) {
        return binary(Binary.Kind.MUL, first, second);
    }

    /**
     * Adds zeros at both ends of an axis; nothing where there are none to add.
     *
     * @param source any shape
     * @param axis along which; negative counts from the end
     * @param before how many indices of zeros come first, at least 0
     * @param after how many come last, at least 0
     * @return the padded tensor
     * @throws ShapeException if an amount is negative
     */
    default Value pad(Value source, int axis, int before, int after) {
        if (before < 0 || after < 0) {
            throw new ShapeException("padding must not be negative, got " + before + " and " + after);
        }
        int counted = source.shape().axis(axis);
        List<Value> parts = new ArrayList<>();
        if (before > 0) {
            parts.add(constant(0, source.shape().with(counted, before)));
        }
        parts.add(source);
        if (after > 0) {
            parts.add(constant(0, source.shape().with(counted, after)));
        }
        return concat(counted, parts);
    }

    /**
     * Adds a quantization: the nearest integer that the type holds, of two equally near ones the even one.
     *
     * @param source floats of any shape
     * @param quantization how
     * @return integers of the source's shape
     */
    default Value quantize(Value source, Quantization quantization) {
        Checks.float32("quantize", List.of(source));
        return cast(linear(source, 1 / quantization.scale(), quantization.zeroPoint()), quantization.type());
    }

    /**
     * Adds the way back from a quantization.
     *
     * @param source integers of any shape
     * @param quantization how they stand for floats
     * @return floats of the source's shape
     * @throws ShapeException if the source is not of the quantization's type
     */
    default Value dequantize(Value source, Quantization quantization) {
        Checks.type("dequantize's source", source, quantization.type());
        return linear(
                cast(source, DataType.FLOAT32), quantization.scale(), -quantization.zeroPoint() * quantization.scale());
    }

    /**
     * Adds the scale by which each filter's weights are quantized: a {@link Quantization#GREATEST_WEIGHT}th of their
     * greatest absolute value, or the least normal float if that is greater. The weights may be computed within the
     * graph: a backend finds the scales only when parameters have changed.
     *
     * @param weights {@code [O, ...]}, floats
     * @return {@code [O]}, above 0
     */
    default Value weightScales(Value weights) {
        Value greatest = reduce(Reduction.Kind.MAX, eltwise(Eltwise.Kind.ABS, flatten(weights)), 1);
        Value scales = linear(greatest, 1f / Quantization.GREATEST_WEIGHT, 0);
        return reshape(
                eltwise(Eltwise.Kind.CLIP, scales, Float.MIN_NORMAL, Float.MAX_VALUE),
                Shape.of(weights.shape().dim(0)));
    }

    /**
     * Adds the quantization of weights, each filter's by its own scale; greater ones than the scale allows become the
     * greatest. A backend quantizes them only when parameters have changed.
     *
     * @param weights {@code [O, ...]}, floats
     * @param scales {@code [O]}, above 0, as of {@link #weightScales}
     * @return signed bytes of the weights' shape
     */
    default Value quantizeWeights(Value weights, Value scales) {
        int[] dims = new int[weights.shape().rank()];
        Arrays.fill(dims, 1);
        dims[0] = weights.shape().dim(0);
        Value steps = binary(Binary.Kind.DIV, weights, reshape(scales, Shape.of(dims)));
        return cast(
                eltwise(Eltwise.Kind.CLIP, steps, -Quantization.GREATEST_WEIGHT, Quantization.GREATEST_WEIGHT),
                DataType.INT8);
    }

    /**
     * Adds the mean over a batch of the fused softmax cross-entropy.
     *
     * @param logits {@code [N, C]}
     * @param targets {@code [N, C]}
     * @return one number
     */
    default Value softmaxCrossEntropy(Value logits, Value targets) {
        return reduce(Reduction.Kind.MEAN, apply(new SoftmaxCrossEntropy(), logits, targets));
    }

    /**
     * Adds a flattening of all axes but the first.
     *
     * @param source {@code [N, ...]}
     * @return {@code [N, I]}
     */
    default Value flatten(Value source) {
        int batch = source.shape().dim(0);
        return reshape(source, Shape.of(batch, Shape.extent(source.shape().elements() / batch)));
    }
}
