package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link InnerProduct} at its source. Inputs: output gradient {@code [N, O]}, weights {@code [O, I]}.
 * Output: {@code [N, I]}.
 */
public record InnerProductBackwardData() implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("inner product backward data", inputs, 2, 2);
        Checks.floats("inner product backward data", inputs);
        Shape gradient = inputs.get(0).shape();
        Shape weights = inputs.get(1).shape();
        Checks.rank("inner product backward data", "weights [O, I]", weights, 2);
        Checks.same(
                "inner product backward data",
                "an output gradient [N, O]",
                gradient,
                Shape.of(gradient.dim(0), weights.dim(0)));
        return List.of(new TensorType(
                Shape.of(gradient.dim(0), weights.dim(1)), inputs.getFirst().type()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Always(Set.of(0, 1));
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
