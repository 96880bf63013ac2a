package dev.thalweg.graph;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a moving average of a value in a parameter, {@code p ← momentum · p + (1 − momentum) · v}, after everything
 * else of a step. Inputs: the parameter, the value of the same shape. No output.
 *
 * @param momentum how much of the average is kept, from 0 to below 1
 */
public record Track(double momentum) implements ParameterChange {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code momentum} is not from 0 to below 1
     */
    public Track {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException(
                    "a moving average's momentum must be at least 0 and below 1, got " + momentum);
        }
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("track", inputs, 2, 2);
        Checks.float32("track", inputs);
        Checks.same("track", "a value", inputs.get(1).shape(), inputs.get(0).shape());
        return List.of();
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Afterwards();
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
        return OutputKind.UNKNOWN;
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        throw at.noGradient();
    }
}
