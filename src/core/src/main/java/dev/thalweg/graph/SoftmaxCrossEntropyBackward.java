package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link SoftmaxCrossEntropy} at its logits. Inputs: log-probabilities {@code [N, C]}, targets t
 * {@code [N, C]}, gradient g of each example's loss {@code [N, 1]}. Output: {@code g (softmax(x) Σ t − t)}
 * {@code [N, C]}.
 */
public record SoftmaxCrossEntropyBackward() implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("softmax cross-entropy backward", inputs, 3, 3);
        Checks.float32("softmax cross-entropy backward", inputs);
        Shape logits = inputs.get(0).shape();
        Checks.same("softmax cross-entropy backward", "targets", inputs.get(1).shape(), logits);
        Checks.same(
                "softmax cross-entropy backward",
                "a loss gradient",
                inputs.get(2).shape(),
                logits.with(1, 1));
        return List.of(TensorType.float32(logits));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
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
        return true;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        throw at.noGradient();
    }
}
