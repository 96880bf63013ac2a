package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Softmax and categorical cross-entropy in one, {@code −Σ tⱼ log softmax(x)ⱼ}, which neither overflows nor takes the
 * logarithm of a rounded-off zero. Inputs: logits x {@code [N, C]}, targets t {@code [N, C]}. Outputs: the loss of each
 * example {@code [N, 1]} and the log-probabilities {@code [N, C]}. Targets get no gradient.
 */
public record SoftmaxCrossEntropy() implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("softmax cross-entropy", inputs, 2, 2);
        Checks.float32("softmax cross-entropy", inputs);
        Shape logits = inputs.get(0).shape();
        Checks.rank("softmax cross-entropy", "logits [N, C]", logits, 2);
        Checks.same("softmax cross-entropy", "targets", inputs.get(1).shape(), logits);
        return List.of(TensorType.float32(logits.with(1, 1)), TensorType.float32(logits));
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
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        if (at.outputGradients().get(1) != null) {
            throw new UnsupportedOperationException(
                    "the log-probabilities of a softmax cross-entropy have no gradient: use a" + " log-softmax");
        }
        Value logProbabilities = at.node().outputs().get(1);
        return Arrays.asList(
                at.builder().apply(new SoftmaxCrossEntropyBackward(), logProbabilities, at.input(1), at.gradient()),
                null);
    }
}
