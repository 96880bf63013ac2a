package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link InnerProduct} at its weights and bias. Inputs: source {@code [N, I]}, output gradient
 * {@code [N, O]}. Outputs: {@code [O, I]} and, with a bias, {@code [O]}.
 *
 * @param bias whether the bias' gradient is computed too
 */
public record InnerProductBackwardWeights(boolean bias) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("inner product backward weights", inputs, 2, 2);
        Checks.floats("inner product backward weights", inputs);
        Shape source = inputs.get(0).shape();
        Shape gradient = inputs.get(1).shape();
        Checks.rank("inner product backward weights", "a source [N, I]", source, 2);
        Checks.same(
                "inner product backward weights",
                "an output gradient [N, O]",
                gradient,
                Shape.of(source.dim(0), gradient.dim(1)));
        TensorType weights = TensorType.float32(Shape.of(gradient.dim(1), source.dim(1)));
        return bias ? List.of(weights, TensorType.float32(Shape.of(gradient.dim(1)))) : List.of(weights);
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
