package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Repeats a tensor along the axes in which its extent is 1. One input, of the same rank as the output.
 *
 * @param shape the output's shape
 */
public record Broadcast(Shape shape) implements Op {
    /** Refuses null. */
    public Broadcast {
        Objects.requireNonNull(shape, "shape");
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("broadcast", inputs, 1, 1);
        Checks.float32("broadcast", inputs);
        Shape source = inputs.getFirst().shape();
        Checks.rank("broadcast", "a source", source, shape.rank());
        for (int i = 0; i < shape.rank(); i++) {
            if (source.dim(i) != 1 && source.dim(i) != shape.dim(i)) {
                throw new ShapeException("broadcast cannot repeat " + source + " to " + shape);
            }
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
        return OutputKind.AS_FIRST_INPUT;
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        return Collections.singletonList(
                at.builder().sumTo(at.gradient(), at.input(0).shape()));
    }
}
