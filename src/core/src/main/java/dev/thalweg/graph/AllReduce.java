package dev.thalweg.graph;

import dev.thalweg.collective.Collective;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what a value is in all replicas of a graph, element by element: each has the sums. One input. It may be
 * computed while what follows computes other things, until somebody reads it. Where every replica differentiates its
 * own part of a sum of losses, the gradient is the sum of the gradients that arrive in all replicas: another one of
 * these.
 *
 * @param collective who adds up
 * @param parameter which parameter's gradient this is, if that lies in all replicas as in this one: its numbers are
 *            added up as they lie then; empty where they are added up row-major
 */
public record AllReduce(Collective collective, Optional<String> parameter) implements Op {
    /** Refuses null. */
    public AllReduce {
        Objects.requireNonNull(collective, "collective");
        Objects.requireNonNull(parameter, "parameter");
    }

    /**
     * Adds up row-major.
     *
     * @param collective who adds up
     */
    public AllReduce(Collective collective) {
        this(collective, Optional.empty());
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("all-reduce", inputs, 1, 1);
        Checks.float32("all-reduce", inputs);
        return List.of(TensorType.float32(inputs.getFirst().shape()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Over(0);
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
        return List.of(at.builder().apply(new AllReduce(collective), at.gradient()));
    }
}
