package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of given numbers, written when the graph is compiled and never again. No input.
 *
 * @param numbers row-major
 * @param shape the output's shape
 */
public record ConstantTensor(FloatBuffer numbers, Shape shape) implements Op {
    /** Refuses null, and more or fewer numbers than the shape has elements. */
    public ConstantTensor {
        Objects.requireNonNull(shape, "shape");
        numbers = numbers.asReadOnlyBuffer();
        if (numbers.remaining() != shape.elements()) {
            throw new ShapeException("a constant of shape " + shape + " expects " + shape.elements() + " numbers, got "
                    + numbers.remaining());
        }
    }

    /** {@return the numbers, row-major, from their first on; nobody can write them} */
    @Override
    public FloatBuffer numbers() {
        return numbers.duplicate();
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("constant tensor", inputs, 0, 0);
        return List.of(TensorType.float32(shape));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Once();
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
        Objects.requireNonNull(at, "at");
        return List.of();
    }
}
