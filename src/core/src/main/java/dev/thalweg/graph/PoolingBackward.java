package dev.thalweg.graph;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link Pooling}. Inputs: source {@code [N, C, H, W]}, the pooling's output {@code [N, C, OH, OW]},
 * the output's gradient. Output: {@code [N, C, H, W]}.
 *
 * @param kind as of the pooling
 * @param window as of the pooling
 */
public record PoolingBackward(Pooling.Kind kind, Window window) implements Op {
    /** Refuses null. */
    public PoolingBackward {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(window, "window");
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("pooling backward", inputs, 3, 3);
        Checks.floats("pooling backward", inputs);
        Checks.same(
                "pooling backward",
                "an output gradient",
                inputs.get(2).shape(),
                inputs.get(1).shape());
        return List.of(TensorType.of(inputs.getFirst()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Following(Set.of(0), Set.of(0, 1, 2));
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
