package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Converts the elements' type: to integers by rounding half to even and saturating, to shorter floats by rounding half
 * to even. One input. Its gradient passes through unchanged where both types are floats.
 *
 * @param type the output's type
 */
public record Cast(DataType type) implements Op {
    /** Refuses null. */
    public Cast {
        Objects.requireNonNull(type, "type");
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("cast", inputs, 1, 1);
        return List.of(new TensorType(inputs.getFirst().shape(), type));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.View(false);
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.None();
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        Objects.requireNonNull(function, "function");
        return Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return OutputKind.AS_FIRST_INPUT;
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        return Collections.singletonList(
                at.builder().cast(at.gradient(), at.input(0).type()));
    }
}
