package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@link BatchNormalization} with statistics that are given. Inputs: source {@code [N, C, ...]}, scale γ {@code [C]},
 * shift β {@code [C]}, mean {@code [C]}, variance {@code [C]}. Output: of the source's shape.
 *
 * @param epsilon ε
 * @param relu whether {@code max(0, y)} takes the place of y
 */
public record BatchNormalizationInference(float epsilon, boolean relu) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.perChannel("batch normalization", inputs, 5);
        return List.of(TensorType.of(inputs.getFirst()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Over(0);
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Following(Set.of(0), Set.of(0));
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        Objects.requireNonNull(function, "function");
        return !relu && function.isRelu()
                ? Optional.of(new BatchNormalizationInference(epsilon, true))
                : Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return OutputKind.ANY;
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    /** The statistics count as constants. */
    @Override
    public List<@Nullable Value> gradient(Differential at) {
        GraphBuilder builder = at.builder();
        Value source = at.input(0);
        Shape channel = source.shape().perChannel();
        Value gradient = relu
                ? builder.apply(new EltwiseBackward(new Eltwise(Eltwise.Kind.RELU, 0, 0)), at.output(), at.gradient())
                : at.gradient();
        Value deviation =
                builder.reshape(builder.eltwise(Eltwise.Kind.SQRT, builder.linear(at.input(4), 1, epsilon)), channel);
        @Nullable Value atSource = null;
        @Nullable Value atScale = null;
        @Nullable Value atShift = null;
        if (at.wants(0)) {
            atSource = builder.multiply(
                    gradient, builder.binary(Binary.Kind.DIV, builder.reshape(at.input(1), channel), deviation));
        }
        if (at.wants(1)) {
            Value centred = builder.binary(Binary.Kind.SUB, source, builder.reshape(at.input(3), channel));
            Value normalized = builder.binary(Binary.Kind.DIV, centred, deviation);
            atScale = builder.reshape(
                    builder.sumTo(builder.multiply(gradient, normalized), channel),
                    at.input(1).shape());
        }
        if (at.wants(2)) {
            atShift = builder.reshape(
                    builder.sumTo(gradient, channel), at.input(2).shape());
        }
        return Arrays.asList(atSource, atScale, atShift, null, null);
    }
}
