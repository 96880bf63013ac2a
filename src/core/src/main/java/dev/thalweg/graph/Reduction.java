package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes one number of those along some axes, which stay with extent 1. One input.
 *
 * @param kind which number
 * @param axes which, counted from 0, each once
 */
public record Reduction(Kind kind, List<Integer> axes) implements Op {
    /** What becomes of the elements. */
    public enum Kind {
        /** Their sum. */
        SUM,
        /** Their mean. */
        MEAN,
        /** The greatest; its gradient is shared equally by all that are equal to it. */
        MAX
    }

    /** Sorts the axes. */
    public Reduction {
        Objects.requireNonNull(kind, "kind");
        axes = axes.stream().sorted().distinct().toList();
        if (axes.isEmpty()) {
            throw new ShapeException("a reduction needs at least one axis");
        }
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("reduction", inputs, 1, 1);
        Checks.float32("reduction", inputs);
        Shape shape = inputs.getFirst().shape();
        for (int axis : axes) {
            shape = shape.with(axis, 1);
        }
        return List.of(TensorType.float32(shape));
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
        GraphBuilder builder = at.builder();
        Shape source = at.input(0).shape();
        return Collections.singletonList(
                switch (kind) {
                    case SUM -> builder.broadcast(at.gradient(), source);
                    case MEAN -> {
                        float share = (float) at.output().shape().elements() / source.elements();
                        yield builder.broadcast(builder.linear(at.gradient(), share, 0), source);
                    }
                    case MAX -> {
                        Value greatest = builder.binary(Binary.Kind.EQUAL, at.input(0), at.output());
                        Value count = builder.apply(new Reduction(Kind.SUM, axes), greatest);
                        yield builder.multiply(greatest, builder.binary(Binary.Kind.DIV, at.gradient(), count));
                    }
                });
    }
}
