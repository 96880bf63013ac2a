package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Combines two tensors element by element. The second may have extents of 1 where the first has more: it is repeated
 * along them. Output: of the first's shape. {@link GraphBuilder#binary} brings any two broadcastable shapes into this
 * form.
 *
 * @param kind the combination
 * @param activation a function of each element of the result, if any
 */
public record Binary(Kind kind, Optional<Eltwise> activation) implements Op {
    /** Refuses null. */
    public Binary {
        Objects.requireNonNull(activation, "activation");
        Objects.requireNonNull(kind, "kind");
    }

    /**
     * Without an activation.
     *
     * @param kind the combination
     */
    public Binary(Kind kind) {
        this(kind, Optional.empty());
    }

    /** The combinations. */
    public enum Kind {
        /** {@code a + b}. */
        ADD,
        /** {@code a − b}. */
        SUB,
        /** {@code a · b}. */
        MUL,
        /** {@code a / b}. */
        DIV,
        /** The greater one; the gradient goes to the first where both are equal. */
        MAX,
        /** The smaller one; the gradient goes to the first where both are equal. */
        MIN,
        /** 1 where {@code a = b}, else 0; without a gradient, as the two below. */
        EQUAL,
        /** 1 where {@code a > b}, else 0. */
        GREATER,
        /** 1 where {@code a ≥ b}, else 0. */
        GREATER_OR_EQUAL;

        /** Whether {@code a} and {@code b} may change places. */
        boolean commutes() {
            return this == ADD || this == MUL || this == MAX || this == MIN || this == EQUAL;
        }

        private boolean compares() {
            return this == EQUAL || this == GREATER || this == GREATER_OR_EQUAL;
        }
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("binary " + kind, inputs, 2, 2);
        Checks.floats("binary " + kind, inputs);
        Shape first = inputs.get(0).shape();
        Shape second = inputs.get(1).shape();
        boolean fits = first.rank() == second.rank();
        for (int i = 0; fits && i < first.rank(); i++) {
            fits = second.dim(i) == 1 || second.dim(i) == first.dim(i);
        }
        if (!fits) {
            throw new ShapeException("binary " + kind + " cannot repeat " + inputs.get(1) + " over " + inputs.get(0)
                    + ": ranks must agree and every extent be equal or 1");
        }
        return List.of(TensorType.of(inputs.getFirst()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Over(0);
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Following(Set.of(0, 1), Set.of(0, 1));
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        return kind == Kind.ADD && activation.isEmpty()
                ? Optional.of(new Binary(kind, Optional.of(function)))
                : Optional.empty();
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
        GraphBuilder builder = at.builder();
        Value a = at.input(0);
        Value b = at.input(1);
        if (kind.compares()) {
            return Arrays.asList(null, null);
        }
        Value gradient = at.gradientBefore(activation);
        @Nullable Value first = null;
        @Nullable Value second = null;
        if (at.wants(0)) {
            first = switch (kind) {
                case ADD, SUB -> gradient;
                case MUL -> builder.binary(Kind.MUL, gradient, b);
                case DIV -> builder.binary(Kind.DIV, gradient, b);
                case MAX, MIN -> builder.multiply(gradient, isFirst(builder, a, b));
                case EQUAL, GREATER, GREATER_OR_EQUAL -> throw at.noGradient();
            };
        }
        if (at.wants(1)) {
            Value full = switch (kind) {
                case ADD -> gradient;
                case SUB -> builder.linear(gradient, -1, 0);
                case MUL -> builder.binary(Kind.MUL, gradient, a);
                case DIV ->
                    builder.linear(builder.binary(Kind.DIV, builder.binary(Kind.MUL, gradient, at.output()), b), -1, 0);
                case MAX, MIN -> builder.multiply(gradient, builder.linear(isFirst(builder, a, b), -1, 1));
                case EQUAL, GREATER, GREATER_OR_EQUAL -> throw at.noGradient();
            };
            second = builder.sumTo(full, b.shape());
        }
        return Arrays.asList(first, second);
    }

    /** 1 where the first is chosen. */
    private Value isFirst(GraphBuilder builder, Value a, Value b) {
        return kind == Kind.MAX
                ? builder.binary(Kind.GREATER_OR_EQUAL, a, b)
                : builder.linear(builder.binary(Kind.GREATER, a, b), -1, 1);
    }
}
