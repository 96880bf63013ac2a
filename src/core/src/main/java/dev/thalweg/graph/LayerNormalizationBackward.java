package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link LayerNormalization}, through the statistics too. Inputs: source x {@code [..., D]}, mean and
 * variance of each row {@code [R]}, the output's gradient and, if there is one, the scale γ {@code [D]}. Outputs: the
 * gradient at the source and, with a scale, those at scale and shift.
 *
 * @param epsilon as of the normalization
 */
public record LayerNormalizationBackward(float epsilon) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        String op = "layer normalization backward";
        Checks.count(op, inputs, 4, 5);
        Checks.floats(op, List.of(inputs.get(0), inputs.get(3)));
        Checks.float32(op, inputs.subList(1, 3));
        Checks.float32(op, inputs.subList(4, inputs.size()));
        Shape source = inputs.getFirst().shape();
        int length = source.dim(source.rank() - 1);
        for (Value statistics : inputs.subList(1, 3)) {
            Checks.same(
                    op,
                    "a number for each row",
                    statistics.shape(),
                    Shape.of(Shape.extent(source.elements() / length)));
        }
        Checks.same(op, "an output gradient", inputs.get(3).shape(), source);
        TensorType atSource = TensorType.of(inputs.getFirst());
        if (inputs.size() == 4) {
            return List.of(atSource);
        }
        Checks.same(op, "a scale", inputs.get(4).shape(), Shape.of(length));
        TensorType column = TensorType.float32(inputs.get(4).shape());
        return List.of(atSource, column, column);
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Over(3);
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Always(Set.of(0, 3));
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
