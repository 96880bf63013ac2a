package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link Convolution} at its weights and bias. Inputs: source {@code [N, C, H, W]}, output gradient
 * {@code [N, O, OH, OW]}. Outputs: the weights' gradient and, with a bias, the bias' gradient {@code [O]}.
 *
 * @param window as of the convolution
 * @param groups as of the convolution
 * @param weights the shape of the weights
 * @param bias whether the bias' gradient is computed too
 */
public record ConvolutionBackwardWeights(Window window, int groups, Shape weights, boolean bias) implements Op {
    /** Refuses null. */
    public ConvolutionBackwardWeights {
        Objects.requireNonNull(weights, "weights");
        Objects.requireNonNull(window, "window");
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("convolution backward weights", inputs, 2, 2);
        Checks.floats("convolution backward weights", inputs);
        Shape source = inputs.get(0).shape();
        Checks.rank("convolution backward weights", "a source", source, 4);
        Checks.same(
                "convolution backward weights",
                "an output gradient",
                inputs.get(1).shape(),
                Shape.of(
                        source.dim(0),
                        weights.dim(0),
                        window.outputHeight(source.dim(2)),
                        window.outputWidth(source.dim(3))));
        TensorType weightsGradient = TensorType.float32(weights);
        return bias ? List.of(weightsGradient, TensorType.float32(Shape.of(weights.dim(0)))) : List.of(weightsGradient);
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
        return OutputKind.UNKNOWN;
    }

    @Override
    public boolean servesGradients() {
        return true;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        throw at.noGradient();
    }
}
