package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent cell run over a sequence from a state of zeros. Inputs: source {@code [T, N, I]}, input weights
 * {@code [I, gates · H]}, recurrent weights {@code [H, gates · H]}, bias {@code [4H]}. Output: the state after each
 * step, {@code [T, N, H]}.
 *
 * @param kind which cell
 */
public record Recurrence(Kind kind) implements Op {
    /** Refuses null. */
    public Recurrence {
        Objects.requireNonNull(kind, "kind");
    }

    /** The cells; σ is the sigmoid, ⊙ the product of elements. */
    public enum Kind {
        /**
         * Long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000), gates in the order i, f, g, o:
         * {@code i, f, o = σ(Wx + Uh + b)}, {@code g = tanh(Wx + Uh + b)}, {@code c ← f ⊙ c + i ⊙ g},
         * {@code h ← o ⊙ tanh c}.
         */
        LSTM(4),
        /**
         * Gated recurrent unit (Cho et al. 2014) with the reset behind the recurrent product, as in cuDNN and Keras'
         * {@code reset_after}; gates in the order u, r, n: {@code u, r = σ(Wx + Uh + b)},
         * {@code n = tanh(Wx + b + r ⊙ (Uh + b'))}, {@code h ← u ⊙ h + (1 − u) ⊙ n}. The fourth part of the bias is b'.
         */
        GRU(3);

        private final int gates;

        Kind(int gates) {
            this.gates = gates;
        }

        /**
         * {@return how many gates there are}
         */
        public int gates() {
            return gates;
        }
    }

    /** How many parts the bias has, whatever the cell. */
    public static final int BIASES = 4;

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("recurrence", inputs, 4, 4);
        Checks.float32("recurrence", inputs);
        Shape source = inputs.get(0).shape();
        if (source.rank() != 3) {
            throw new ShapeException("recurrence expects a source [T, N, I], got " + source);
        }
        Checks.rank(
                "recurrence", "recurrent weights [H, gates · H]", inputs.get(2).shape(), 2);
        int hidden = inputs.get(2).shape().dim(0);
        int gates = Shape.extent((long) kind.gates * hidden);
        Checks.same(
                "recurrence", "input weights [I, gates · H]", inputs.get(1).shape(), Shape.of(source.dim(2), gates));
        Checks.same(
                "recurrence", "recurrent weights [H, gates · H]", inputs.get(2).shape(), Shape.of(hidden, gates));
        Checks.same("recurrence", "a bias [4H]", inputs.get(3).shape(), Shape.of(Shape.extent((long) BIASES * hidden)));
        return List.of(TensorType.float32(source.with(2, hidden)));
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
        return Arrays.asList(at.builder()
                .applyAll(
                        new RecurrenceBackward(kind),
                        at.input(0),
                        at.input(1),
                        at.input(2),
                        at.input(3),
                        at.output(),
                        at.gradient())
                .toArray(Value[]::new));
    }
}
