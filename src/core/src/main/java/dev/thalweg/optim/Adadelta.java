package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/**
 * Steps in the units of the parameters (Zeiler, arXiv 1212.5701, 2012):
 * <pre>
 *   a ← ρa + (1 − ρ)g²
 *   s = g √(d + ε) / √(a + ε)
 *   d ← ρd + (1 − ρ)s²
 *   θ ← θ − ηs
 * </pre>
 * The paper's η is 1.
 *
 * @param learningRate η, greater than 0
 * @param rho ρ, from 0 to below 1
 * @param epsilon ε, greater than 0
 */
public record Adadelta(double learningRate, double rho, double epsilon) implements Rule {
    /** Checks the ranges. */
    public Adadelta {
        Ranges.above0("Adadelta: the learning rate", learningRate);
        Ranges.below1("Adadelta: rho", rho);
        Ranges.above0("Adadelta: epsilon", epsilon);
    }

    /**
     * With Keras' coefficients 0.95 and 1e-7.
     *
     * @param learningRate η, greater than 0; 1 in the paper
     */
    public Adadelta(double learningRate) {
        this(learningRate, 0.95, 1e-7);
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public void apply(
            float[] parameters, float[] gradients, float[][] slots, int length, float rate, float trust, long step) {
        Moments.blendSquares(slots[0], gradients, (float) rho, length);
        scale(gradients, slots[0], slots[1], (float) epsilon, length);
        Moments.blendSquares(slots[1], gradients, (float) rho, length);
        Moments.add(parameters, gradients, -rate, length);
    }

    private static void scale(float[] gradients, float[] squares, float[] steps, float epsilon, int length) {
        for (int i = 0; i < length; i++) {
            gradients[i] *= (float) Math.sqrt(steps[i] + epsilon) / (float) Math.sqrt(squares[i] + epsilon);
        }
    }

    @Override
    public String formula() {
        String small = UpdateRule.literal(epsilon);
        return Moments.blendFormula("s0", "g * g", rho) + " g *= sqrt(s1 + " + small + ") / sqrt(s0 + " + small + "); "
                + Moments.blendFormula("s1", "g * g", rho) + " p -= rate * g;";
    }
}
