package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Two-dimensional convolution (cross-correlation, as everywhere in this field).
 * Inputs: source {@code [N, C, H, W]}, weights {@code [O, C / groups, KH, KW]}, optionally bias {@code [O]}, what is
 * added to the result if it says so. Output: {@code [N, O, OH, OW]}.
 *
 * @param window kernel, stride, dilation and padding
 * @param groups how many independent groups the channels fall into; {@code groups = C} is depthwise
 * @param postOps what is done to the result
 */
public record Convolution(Window window, int groups, PostOps postOps) implements Op {
    /** Refuses null. */
    public Convolution {
        Objects.requireNonNull(postOps, "postOps");
        Objects.requireNonNull(window, "window");
    }

    /**
     * Without post-ops.
     *
     * @param window kernel, stride, dilation and padding
     * @param groups how many groups
     */
    public Convolution(Window window, int groups) {
        this(window, groups, PostOps.NONE);
    }

    /**
     * {@return whether there is a bias among the inputs}
     *
     * @param inputs how many inputs there are
     */
    public boolean hasBias(int inputs) {
        return inputs > (postOps.sum() ? 3 : 2);
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        int sums = postOps.sum() ? 1 : 0;
        Checks.count("convolution", inputs, 2 + sums, 3 + sums);
        Checks.floats("convolution", inputs.subList(0, 2));
        int biases = hasBias(inputs.size()) ? 1 : 0;
        Checks.float32("convolution's bias", inputs.subList(2, 2 + biases));
        if (postOps.sum()) {
            Checks.floats("convolution", List.of(inputs.getFirst(), inputs.getLast()));
        }
        Shape result = Checks.convolution("convolution", window, groups, biases, inputs);
        return List.of(new TensorType(result, inputs.getFirst().type()));
    }

    /**
     * A sum may be added up in the summand's memory, of which each element is read once, when the result's element is
     * known.
     */
    @Override
    public Aliasing aliasing(int inputs) {
        return postOps.sum() ? new Aliasing.Over(inputs - 1) : new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return postOps.sum() ? new ShortInputs.Always(Set.of(0, 1, inputs - 1)) : new ShortInputs.Always(Set.of(0, 1));
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        return postOps.activation().isEmpty()
                ? Optional.of(new Convolution(window, groups, postOps.then(function)))
                : Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return postOps.activation().map(Eltwise::yields).orElse(OutputKind.ANY);
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        Value source = at.input(0);
        Value weights = at.input(1);
        boolean bias = hasBias(at.node().inputs().size()) && at.wants(2);
        Value gradient = at.gradientBefore(postOps.activation());
        List<@Nullable Value> gradients = new ArrayList<@Nullable Value>(
                Collections.nCopies(at.node().inputs().size(), null));
        if (postOps.sum()) {
            gradients.set(gradients.size() - 1, gradient);
        }
        if (at.wants(0)) {
            gradients.set(
                    0,
                    at.builder().apply(new ConvolutionBackwardData(window, groups, source.shape()), gradient, weights));
        }
        if (at.wants(1) || bias) {
            List<Value> both = at.builder()
                    .applyAll(new ConvolutionBackwardWeights(window, groups, weights.shape(), bias), source, gradient);
            gradients.set(1, both.get(0));
            if (bias) {
                gradients.set(2, both.get(1));
            }
        }
        return gradients;
    }
}
