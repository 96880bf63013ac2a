package dev.thalweg.model;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Value;

/**
 * {@code x > 0 ? x : negativeSlope · x} (Maas et al. 2013). {@code [N, ...]} to {@code [N, ...]}.
 *
 * @param negativeSlope from 0 on; 0.3 is that of {@link Activation#LEAKY_RELU}
 */
public record LeakyReLU(double negativeSlope) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code negativeSlope} is below 0 or, as a float, not finite
     */
    public LeakyReLU {
        if (!(negativeSlope >= 0) || Float.isInfinite((float) negativeSlope)) {
            throw new IllegalArgumentException(
                    "LeakyReLU: negativeSlope must be finite and not negative, got " + negativeSlope);
        }
    }

    @Override
    public Value build(LayerContext context, Value input) {
        return context.builder().eltwise(Eltwise.Kind.RELU, input, (float) negativeSlope, 0);
    }
}
