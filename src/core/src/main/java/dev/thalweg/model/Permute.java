package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.ShapeException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The axes of an example in another order: {@code [N, ...]} to {@code [N, ...]}, where axis k of the result is axis
 * {@code dims[k - 1]} of the input. {@code Permute([2, 3, 1])} makes {@code [N, H, W, C]} of {@code [N, C, H, W]}.
 *
 * @param dims each axis of an example once, counted from 1, as in Keras: the batch stays where it is
 */
public record Permute(List<Integer> dims) implements Layer {
    /**
     * Copies the list and checks it.
     *
     * @throws ShapeException if it does not hold each number from 1 to its length once
     */
    public Permute {
        dims = List.copyOf(Sizes.given("Permute", "dims", dims));
        if (!dims.stream()
                .sorted()
                .toList()
                .equals(IntStream.rangeClosed(1, dims.size()).boxed().toList())) {
            throw new ShapeException("Permute: dims must be the axes from 1 on, each once, got " + dims);
        }
    }

    /**
     * With the axes one by one.
     *
     * @param dims each axis of an example once, counted from 1
     */
    public Permute(Integer... dims) {
        this(List.of(dims));
    }

    @Override
    public Value build(LayerContext context, Value input) {
        if (input.shape().rank() != dims.size() + 1) {
            throw new ShapeException(
                    "Permute: " + dims.size() + " axes of an example are given, got an input " + input.shape());
        }
        return context.builder()
                .transpose(
                        input,
                        IntStream.rangeClosed(0, dims.size())
                                .mapToObj(axis -> axis == 0 ? 0 : dims.get(axis - 1))
                                .toArray(Integer[]::new));
    }
}
