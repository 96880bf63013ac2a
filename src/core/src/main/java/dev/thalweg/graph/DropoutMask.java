package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Random numbers that switch elements off: 0 with probability {@code rate}, {@code 1 / (1 − rate)} otherwise, so that
 * products keep their mean (Srivastava et al. 2014, "inverted" form). They depend on the run's seed, the stream and the
 * element's row-major place alone: every backend and every number of threads draws the same. No input.
 *
 * @param shape the output's shape
 * @param rate the share switched off, from 0 to below 1
 * @param stream tells the masks of one graph apart
 */
public record DropoutMask(Shape shape, double rate, int stream) implements Op {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code rate} is not from 0 to below 1
     */
    public DropoutMask {
        Objects.requireNonNull(shape, "shape");
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("dropout: the rate must be at least 0 and below 1, got " + rate);
        }
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("dropout mask", inputs, 0, 0);
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
        Objects.requireNonNull(at, "at");
        return List.of();
    }
}
