package dev.thalweg.backend;

import java.util.Objects;

/**
 * What an update came to for one parameter, in Euclidean norms.
 *
 * @param parameter its name
 * @param gradientNorm of the loss's gradient, before clipping
 * @param parameterNorm before the update
 * @param movementNorm of the difference that the update made
 */
public record Movement(String parameter, double gradientNorm, double parameterNorm, double movementNorm) {
    /** Refuses null. */
    public Movement {
        Objects.requireNonNull(parameter, "parameter");
    }

    /**
     * {@return the share of itself by which the parameter moved; 0 for a parameter that was zero}
     */
    public double updateRatio() {
        return parameterNorm == 0 ? 0 : movementNorm / parameterNorm;
    }
}
