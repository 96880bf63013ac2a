package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link Convolution} at its source. Inputs: output gradient {@code [N, O, OH, OW]}, weights.
 * Output: {@code [N, C, H, W]}.
 *
 * @param window as of the convolution
 * @param groups as of the convolution
 * @param source the shape of the convolution's source
 */
public record ConvolutionBackwardData(Window window, int groups, Shape source) implements Op {
    /** Refuses null. */
    public ConvolutionBackwardData {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(window, "window");
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("convolution backward data", inputs, 2, 2);
        Checks.floats("convolution backward data", inputs);
        Checks.same(
                "convolution backward data",
                "an output gradient",
                inputs.get(0).shape(),
                Shape.of(
                        source.dim(0),
                        inputs.get(1).shape().dim(0),
                        window.outputHeight(source.dim(2)),
                        window.outputWidth(source.dim(3))));
        return List.of(new TensorType(source, inputs.getFirst().type()));
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
        return true;
    }

    /** This is linear in both inputs, with a convolution for its transpose: a transposed convolution can be learnt. */
    @Override
    public List<@Nullable Value> gradient(Differential at) {
        Value first = at.wants(0) ? at.builder().convolution(at.gradient(), at.input(1), null, window, groups) : null;
        Value second = at.wants(1)
                ? at.builder()
                        .apply(
                                new ConvolutionBackwardWeights(
                                        window, groups, at.input(1).shape(), false),
                                at.gradient(),
                                at.input(0))
                : null;
        return Arrays.asList(first, second);
    }
}
