package dev.thalweg.graph;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link Recurrence}, back through time. Inputs: those of the recurrence, its output, the output's
 * gradient. Outputs: the gradients at the source, the input weights, the recurrent weights and the bias.
 *
 * @param kind as of the recurrence
 */
public record RecurrenceBackward(Recurrence.Kind kind) implements Op {
    /** Refuses null. */
    public RecurrenceBackward {
        Objects.requireNonNull(kind, "kind");
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("recurrence backward", inputs, 6, 6);
        TensorType output = new Recurrence(kind).infer(inputs.subList(0, 4)).getFirst();
        Checks.same("recurrence backward", "an output gradient", inputs.get(5).shape(), output.shape());
        return inputs.subList(0, 4).stream()
                .map(i -> TensorType.float32(i.shape()))
                .toList();
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
