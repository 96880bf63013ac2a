package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A range of a tensor along an axis. One input.
 *
 * @param axis counted from 0
 * @param from the first index, from 0
 * @param length how many indices, at least 1
 */
public record Slice(int axis, int from, int length) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("slice", inputs, 1, 1);
        Checks.floats("slice", inputs);
        Shape shape = inputs.getFirst().shape();
        if (from < 0 || length < 1 || from > shape.dim(axis) - length) {
            throw new ShapeException(
                    "slice of " + inputs.getFirst() + " along axis " + axis + ": expected a range in 0 to "
                            + shape.dim(axis) + ", got index " + from + " and " + length + " indices");
        }
        return List.of(
                new TensorType(shape.with(axis, length), inputs.getFirst().type()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.View(false);
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
        return OutputKind.AS_FIRST_INPUT;
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    /** Zeros on both sides of the gradient. */
    @Override
    public List<@Nullable Value> gradient(Differential at) {
        int after = at.input(0).shape().dim(axis) - from - length;
        return Collections.singletonList(at.builder().pad(at.gradient(), axis, from, after));
    }
}
