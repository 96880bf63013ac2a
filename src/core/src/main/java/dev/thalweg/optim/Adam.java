package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/**
 * Adaptive moments (Kingma and Ba, ICLR 2015), in the form that the paper gives at the end of its section 2 and that
 * Keras uses: with gradient g at update t = 1, 2, …
 * <pre>
 *   m ← β₁m + (1 − β₁)g
 *   v ← β₂v + (1 − β₂)g²
 *   θ ← θ − η √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + ε)
 * </pre>
 *
 * @param learningRate η, greater than 0
 * @param beta1 β₁, from 0 to below 1
 * @param beta2 β₂, from 0 to below 1
 * @param epsilon ε, greater than 0
 */
public record Adam(double learningRate, double beta1, double beta2, double epsilon) implements Rule {
    /** Checks the ranges. */
    public Adam {
        Ranges.above0("Adam: the learning rate", learningRate);
        Ranges.below1("Adam: beta1", beta1);
        Ranges.below1("Adam: beta2", beta2);
        Ranges.above0("Adam: epsilon", epsilon);
    }

    /**
     * With Keras' coefficients 0.9, 0.999 and 1e-7.
     *
     * @param learningRate η, greater than 0; often 0.001
     */
    public Adam(double learningRate) {
        this(learningRate, 0.9, 0.999, 1e-7);
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public void apply(
            float[] parameters, float[] gradients, float[][] slots, int length, float rate, float trust, long step) {
        Moments.blend(slots[0], gradients, (float) beta1, length);
        Moments.blendSquares(slots[1], gradients, (float) beta2, length);
        Moments.descendScaled(parameters, slots[0], slots[1], corrected(rate, step), (float) epsilon, length);
    }

    @Override
    public String formula() {
        return Moments.blendFormula("s0", "g", beta1) + Moments.blendFormula("s1", "g * g", beta2)
                + " p -= c0 * s0 / (sqrt(s1) + " + UpdateRule.literal(epsilon) + ");";
    }

    @Override
    public float[] formulaNumbers(float rate, long step) {
        return new float[] {corrected(rate, step)};
    }

    private float corrected(float rate, long step) {
        return (float) (rate * Math.sqrt(1 - Math.pow(beta2, step + 1)) / (1 - Math.pow(beta1, step + 1)));
    }
}
