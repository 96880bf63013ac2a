package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Two-dimensional convolution (cross-correlation, as everywhere in this field).
 * Inputs: source {@code [N, C, H, W]}, weights {@code [O, C / groups, KH, KW]}, optionally bias {@code [O]}.
 * Output: {@code [N, O, OH, OW]}.
 *
 * @param window kernel, stride, dilation and padding
 * @param groups how many independent groups the channels fall into; {@code groups = C} is depthwise
 */
public record Convolution(Window window, int groups) implements Op {
    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("convolution", inputs, 2, 3);
        Checks.float32("convolution", inputs);
        Shape source = inputs.get(0).shape();
        Shape weights = inputs.get(1).shape();
        Checks.rank("convolution", "a source", source, 4);
        Checks.rank("convolution", "weights", weights, 4);
        if (groups < 1 || source.dim(1) % groups != 0 || weights.dim(0) % groups != 0) {
            throw new ShapeException("convolution: " + groups + " groups do not divide " + source.dim(1) + " input channels and "
                    + weights.dim(0) + " filters");
        }
        Checks.same("convolution", "weights [O, C / groups, KH, KW]", weights,
                Shape.of(weights.dim(0), source.dim(1) / groups, window.kernelHeight(), window.kernelWidth()));
        if (inputs.size() == 3) {
            Checks.same("convolution", "a bias", inputs.get(2).shape(), Shape.of(weights.dim(0)));
        }
        return List.of(TensorType.float32(Shape.of(source.dim(0), weights.dim(0), window.outputHeight(source.dim(2)),
                window.outputWidth(source.dim(3)))));
    }

    @Override
    public List<Value> gradient(Differential at) {
        Value source = at.input(0);
        Value weights = at.input(1);
        boolean bias = at.wants(2);
        List<Value> gradients = new ArrayList<>(Arrays.asList(null, null, null));
        if (at.wants(0)) {
            gradients.set(0, at.builder().apply(new ConvolutionBackwardData(window, groups, source.shape()), at.gradient(), weights));
        }
        if (at.wants(1) || bias) {
            List<Value> both = at.builder().applyAll(new ConvolutionBackwardWeights(window, groups, weights.shape(), bias),
                    source, at.gradient());
            gradients.set(1, both.get(0));
            gradients.set(2, bias ? both.get(1) : null);
        }
        return gradients.subList(0, at.node().inputs().size());
    }
}
