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
 * The same elements in row-major order under other extents; flattening is one. One input.
 *
 * @param shape the output's shape
 */
public record Reshape(Shape shape) implements Op {
    /** Refuses null. */
    public Reshape {
        Objects.requireNonNull(shape, "shape");
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("reshape", inputs, 1, 1);
        Value source = inputs.getFirst();
        if (source.shape().elements() != shape.elements()) {
            throw new ShapeException("reshape to " + shape + " (" + shape.elements() + " elements) got " + source + " ("
                    + source.shape().elements() + " elements)");
        }
        return List.of(new TensorType(shape, source.type()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.View(true);
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

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        return Collections.singletonList(
                at.builder().reshape(at.gradient(), at.input(0).shape()));
    }
}
