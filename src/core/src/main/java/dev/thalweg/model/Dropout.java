package dev.thalweg.model;

import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Value;

/**
 * Switches off a random share of its inputs in training, a new one in each step, and scales up the others so that sums
 * keep their mean; does nothing when the model evaluates or predicts (Srivastava et al., JMLR 15, 2014).
 * {@code [N, ...]} to {@code [N, ...]}.
 *
 * @param rate the share that is switched off, from 0 to below 1
 */
public record Dropout(double rate) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code rate} is not from 0 to below 1
     */
    public Dropout {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("Dropout: the rate must be at least 0 and below 1, got " + rate);
        }
    }

    @Override
    public Value build(LayerContext context, Value input) {
        if (!context.training() || rate == 0) {
            return input;
        }
        Value mask = context.builder().apply(new DropoutMask(input.shape(), rate, context.randomStream()));
        return context.builder().multiply(input, mask);
    }
}
