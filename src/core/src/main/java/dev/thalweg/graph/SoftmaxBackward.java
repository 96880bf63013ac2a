package dev.thalweg.graph;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link Softmax}. Inputs: the softmax's output y and its gradient g. Output:
 * {@code y (g − Σ g y)} for the softmax, {@code g − exp(y) Σ g} for the log-softmax.
 *
 * @param axis as of the softmax
 * @param log as of the softmax
 */
public record SoftmaxBackward(int axis, boolean log) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("softmax backward", inputs, 2, 2);
        Checks.floats("softmax backward", inputs);
        Checks.same(
                "softmax backward",
                "an output gradient",
                inputs.get(1).shape(),
                inputs.get(0).shape());
        return List.of(TensorType.of(inputs.getFirst()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Following(Set.of(0), Set.of(0, 1));
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
