package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Normalization of the numbers along the last axis (Ba, Kiros and Hinton 2016): {@code y = γ (x − μ) / √(σ² + ε) + β},
 * where μ and σ² are their mean and (biased) variance. Inputs: source {@code [..., D]} and, with or without them, scale
 * γ {@code [D]} and shift β {@code [D]}. Outputs: y of the source's shape, μ and σ² of each of the {@code R} rows
 * {@code [R]}; the statistics get no gradient from outside.
 *
 * @param epsilon ε
 */
public record LayerNormalization(float epsilon) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("layer normalization", inputs, 1, 3);
        Checks.floats("layer normalization", inputs.subList(0, 1));
        Checks.float32("layer normalization", inputs.subList(1, inputs.size()));
        Shape source = inputs.getFirst().shape();
        if (source.rank() < 1 || inputs.size() == 2) {
            throw new ShapeException(
                    "layer normalization expects a source [..., D], alone or with a scale and a shift, got " + inputs);
        }
        int length = source.dim(source.rank() - 1);
        for (Value numbers : inputs.subList(1, inputs.size())) {
            Checks.same("layer normalization", "a number for each column", numbers.shape(), Shape.of(length));
        }
        TensorType row = TensorType.float32(Shape.of(Shape.extent(source.elements() / length)));
        return List.of(TensorType.of(inputs.getFirst()), row, row);
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Always(Set.of(0));
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        Objects.requireNonNull(function, "function");
        return Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return OutputKind.ANY;
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        Value mean = at.node().outputs().get(1);
        Value variance = at.node().outputs().get(2);
        LayerNormalizationBackward backward = new LayerNormalizationBackward(epsilon);
        return List.copyOf(
                at.node().inputs().size() > 1
                        ? at.builder().applyAll(backward, at.input(0), mean, variance, at.gradient(), at.input(1))
                        : at.builder().applyAll(backward, at.input(0), mean, variance, at.gradient()));
    }
}
