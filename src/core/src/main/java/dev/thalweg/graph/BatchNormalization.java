package dev.thalweg.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Normalization over a batch (Ioffe and Szegedy, ICML 2015, algorithm 1): {@code y = γ (x − μ) / √(σ² + ε) + β}, where
 * μ and σ² are the mean and the (biased) variance of each channel over batch, height and width. Inputs: source
 * {@code [N, C, ...]}, scale γ {@code [C]}, shift β {@code [C]}. Outputs: y of the source's shape, μ {@code [C]}, σ²
 * {@code [C]}; the statistics get no gradient from outside.
 *
 * @param epsilon ε
 * @param relu whether {@code max(0, y)} takes the place of y
 */
public record BatchNormalization(float epsilon, boolean relu) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.perChannel("batch normalization", inputs, 3);
        TensorType channel = TensorType.float32(inputs.get(1).shape());
        return List.of(TensorType.of(inputs.getFirst()), channel, channel);
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Following(Set.of(0), Set.of(0));
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        Objects.requireNonNull(function, "function");
        return !relu && function.isRelu() ? Optional.of(new BatchNormalization(epsilon, true)) : Optional.empty();
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
        return new ArrayList<>(Arrays.asList(at.builder()
                .applyAll(
                        new BatchNormalizationBackward(epsilon, relu),
                        at.input(0),
                        at.input(1),
                        mean,
                        variance,
                        at.output(),
                        at.gradient())
                .toArray(Value[]::new)));
    }
}
