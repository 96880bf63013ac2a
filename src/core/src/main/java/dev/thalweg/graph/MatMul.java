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
 * Matrix products of the last two axes; the axes before count products and are the same for both. Inputs: A
 * {@code [..., M, K]}, B {@code [..., K, N]}; where transposed, {@code [..., K, M]} and {@code [..., N, K]}. Output:
 * {@code [..., M, N]}.
 *
 * @param transposeFirst whether A comes transposed
 * @param transposeSecond whether B comes transposed
 */
public record MatMul(boolean transposeFirst, boolean transposeSecond) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("matrix product", inputs, 2, 2);
        Checks.floats("matrix product", inputs);
        Shape a = inputs.get(0).shape();
        Shape b = inputs.get(1).shape();
        int rank = a.rank();
        if (rank < 2 || b.rank() != rank) {
            throw new ShapeException("matrix product expects two tensors of one rank, at least 2, got " + inputs);
        }
        int inner = a.dim(transposeFirst ? rank - 2 : rank - 1);
        int columns = b.dim(transposeSecond ? rank - 2 : rank - 1);
        Checks.same(
                "matrix product",
                "a second factor",
                b,
                transposeSecond
                        ? a.with(rank - 2, columns).with(rank - 1, inner)
                        : a.with(rank - 2, inner).with(rank - 1, columns));
        return List.of(new TensorType(
                a.with(rank - 2, a.dim(transposeFirst ? rank - 1 : rank - 2)).with(rank - 1, columns),
                inputs.getFirst().type()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Always(Set.of(0, 1));
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        Objects.requireNonNull(function, "function");
        return Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return OutputKind.ANY;
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
        Value g = at.gradient();
        @Nullable Value first = null;
        @Nullable Value second = null;
        if (at.wants(0)) {
            first = transposeFirst
                    ? builder.apply(new MatMul(transposeSecond, true), b, g)
                    : builder.apply(new MatMul(false, !transposeSecond), g, b);
        }
        if (at.wants(1)) {
            second = transposeSecond
                    ? builder.apply(new MatMul(true, transposeFirst), g, a)
                    : builder.apply(new MatMul(!transposeFirst, false), a, g);
        }
        return Arrays.asList(first, second);
    }
}
