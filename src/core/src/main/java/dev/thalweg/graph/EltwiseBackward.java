package dev.thalweg.graph;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link Eltwise}, {@code g · f'(x)}. Inputs: the function's output if
 * {@link Eltwise#backwardUsesOutput()}, else its input; the output's gradient g. Output: of the same shape.
 *
 * @param forward the function
 */
public record EltwiseBackward(Eltwise forward) implements Op {
    /** Refuses null. */
    public EltwiseBackward {
        Objects.requireNonNull(forward, "forward");
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("elementwise backward", inputs, 2, 2);
        Checks.floats("elementwise backward", inputs);
        Checks.same(
                "elementwise backward",
                "an output gradient",
                inputs.get(1).shape(),
                inputs.get(0).shape());
        return List.of(TensorType.of(inputs.getFirst()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Over(1);
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
