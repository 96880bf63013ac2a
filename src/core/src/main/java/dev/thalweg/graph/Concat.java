package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Puts tensors side by side along an axis. Inputs: one or more, equal in all other extents. Output: as long along the
 * axis as they are together.
 *
 * @param axis counted from 0
 */
public record Concat(int axis) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("concat", inputs, 1, Integer.MAX_VALUE);
        Checks.floats("concat", inputs);
        Shape first = inputs.getFirst().shape();
        long length = 0;
        for (Value input : inputs) {
            Checks.rank("concat", "inputs", input.shape(), first.rank());
            Checks.same(
                    "concat along axis " + axis,
                    "inputs equal in all other extents, here one",
                    input.shape(),
                    first.with(axis, input.shape().dim(axis)));
            length += input.shape().dim(axis);
        }
        return List.of(new TensorType(
                first.with(axis, Shape.extent(length)), inputs.getFirst().type()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        Set<Integer> all = IntStream.range(0, inputs).boxed().collect(Collectors.toSet());
        return new ShortInputs.Following(all, all);
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
        List<@Nullable Value> gradients = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < at.node().inputs().size(); i++) {
            int length = at.input(i).shape().dim(axis);
            gradients.add(at.wants(i) ? at.builder().slice(at.gradient(), axis, from, length) : null);
            from += length;
        }
        return gradients;
    }
}
