package dev.thalweg.graph;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code exp(xᵢ) / Σ exp(xⱼ)} along one axis, or its logarithm, computed after subtracting the greatest x so that no
 * exponential overflows. One input; an output of the same shape.
 *
 * @param axis counted from 0
 * @param log whether the logarithm of the probabilities is wanted
 */
public record Softmax(int axis, boolean log) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("softmax", inputs, 1, 1);
        Checks.floats("softmax", inputs);
        inputs.getFirst().shape().dim(axis);
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
        return Optional.empty();
    }

    @Override
    public OutputKind yields() {
        if (axis == 0) {
            // Along that axis lie the examples of a batch, no classes.
            return OutputKind.UNKNOWN;
        }
        return log ? OutputKind.LOG_PROBABILITIES : OutputKind.PROBABILITIES;
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        return Collections.singletonList(
                at.builder().apply(new SoftmaxBackward(axis, log), at.output(), at.gradient()));
    }
}
