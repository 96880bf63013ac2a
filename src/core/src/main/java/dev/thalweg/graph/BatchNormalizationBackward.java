package dev.thalweg.graph;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link BatchNormalization}, through the statistics too. Inputs: source x {@code [N, C, ...]}, scale γ
 * {@code [C]}, mean and variance of the batch {@code [C]}, the forward output y, its gradient. Outputs: the gradients
 * at the source, the scale and the shift.
 *
 * @param epsilon as of the normalization
 * @param relu as of the normalization; gradients where y is 0 are dropped then
 */
public record BatchNormalizationBackward(float epsilon, boolean relu) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("batch normalization backward", inputs, 6, 6);
        Checks.perChannel("batch normalization backward", inputs.subList(0, 4), 4);
        Checks.floats("batch normalization backward", List.of(inputs.getFirst(), inputs.get(4), inputs.get(5)));
        Checks.same(
                "batch normalization backward",
                "an output gradient",
                inputs.get(5).shape(),
                inputs.getFirst().shape());
        TensorType channel = TensorType.float32(inputs.get(1).shape());
        return List.of(TensorType.of(inputs.getFirst()), channel, channel);
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Over(5);
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Following(Set.of(0), Set.of(0, 4, 5));
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        Objects.requireNonNull(function, "function");
        return Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return OutputKind.UNKNOWN;
    }

    @Override
    public boolean servesGradients() {
        return true;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        throw at.noGradient();
    }
}
