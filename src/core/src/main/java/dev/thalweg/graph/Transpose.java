package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Axes in another order. One input.
 *
 * @param order for each axis of the output, which axis of the input it is
 */
public record Transpose(List<Integer> order) implements Op {
    /** Checks that every axis is named once. */
    public Transpose {
        order = List.copyOf(order);
        if (!order.stream()
                .sorted()
                .toList()
                .equals(IntStream.range(0, order.size()).boxed().toList())) {
            throw new ShapeException(
                    "transpose: expected each axis from 0 to " + (order.size() - 1) + " once, got " + order);
        }
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("transpose", inputs, 1, 1);
        Checks.floats("transpose", inputs);
        Shape shape = inputs.getFirst().shape();
        Checks.rank("transpose " + order, "a source", shape, order.size());
        return List.of(new TensorType(
                Shape.of(order.stream().mapToInt(shape::dim).toArray()),
                inputs.getFirst().type()));
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
        Integer[] inverse = new Integer[order.size()];
        for (int i = 0; i < inverse.length; i++) {
            inverse[order.get(i)] = i;
        }
        return Collections.singletonList(at.builder().apply(new Transpose(Arrays.asList(inverse)), at.gradient()));
    }
}
