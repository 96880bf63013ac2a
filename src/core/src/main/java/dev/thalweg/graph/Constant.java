package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of one repeated number, written when the graph is compiled and never again. No input.
 *
 * @param value the number
 * @param shape the output's shape
 */
public record Constant(float value, Shape shape) implements Op {
    /** Refuses null. */
    public Constant {
        Objects.requireNonNull(shape, "shape");
    }

    /** Zeros are the same in all types, and add nothing to a sum. */
    static boolean isZero(Op op) {
        return op instanceof Constant constant && constant.value() == 0;
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("constant", inputs, 0, 0);
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
