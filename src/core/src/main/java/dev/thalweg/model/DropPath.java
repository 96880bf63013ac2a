package dev.thalweg.model;

import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;

/**
 * Stochastic depth: leaves out a whole branch for a random share of the pictures in training, other ones in each step,
 * and scales it up for the others by 1 / (1 − rate), so that the sum with what flows past keeps its mean; does nothing
 * when the model evaluates or predicts (Huang et al., Deep Networks with Stochastic Depth, ECCV 2016; scaled as in
 * torchvision's {@code StochasticDepth}, mode "row"). It stands at the end of a branch, before {@link Add}.
 * {@code [N, ...]} to {@code [N, ...]}.
 *
 * @param rate the share of the pictures, from 0 to below 1
 */
public record DropPath(double rate) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code rate} is not from 0 to below 1
     */
    public DropPath {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("DropPath: the rate must be at least 0 and below 1, got " + rate);
        }
    }

    @Override
    public Value build(LayerContext context, Value input) {
        if (!context.training() || rate == 0) {
            return input;
        }
        int[] onePerPicture = new int[input.shape().rank()];
        Arrays.fill(onePerPicture, 1);
        onePerPicture[0] = input.shape().dim(0);
        Value mask = context.builder().apply(new DropoutMask(Shape.of(onePerPicture), rate, context.randomStream()));
        return context.builder().multiply(input, mask);
    }
}
