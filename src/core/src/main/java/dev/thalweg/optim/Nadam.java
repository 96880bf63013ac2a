package dev.thalweg.optim;

/**
 * Adam with Nesterov's momentum (Dozat, ICLR workshop 2016), with the paper's schedule of momentum, as in TensorFlow
 * and PyTorch: at update t = 1, 2, …
 * <pre>
 *   μₜ = β₁ (1 − ½ · 0.96^(t/250)),   Mₜ = μ₁ μ₂ ⋯ μₜ
 *   m ← β₁m + (1 − β₁)g
 *   v ← β₂v + (1 − β₂)g²
 *   m̂ = μₜ₊₁ m / (1 − Mₜ₊₁) + (1 − μₜ) g / (1 − Mₜ)
 *   θ ← θ − η m̂ / (√(v / (1 − β₂ᵗ)) + ε)
 * </pre>
 *
 * @param learningRate η, greater than 0
 * @param beta1 β₁, from 0 to below 1
 * @param beta2 β₂, from 0 to below 1
 * @param epsilon ε, greater than 0
 */
public record Nadam(double learningRate, double beta1, double beta2, double epsilon) implements Rule {
    private static final double MOMENTUM_DECAY = 0.96;
    private static final double SLOWNESS = 250;
    /** A product this small is lost in the rounding of 1. */
    private static final double LOST = 1e-20;

    /** Checks the ranges. */
    public Nadam {
        Ranges.above0("Nadam: the learning rate", learningRate);
        Ranges.below1("Nadam: beta1", beta1);
        Ranges.below1("Nadam: beta2", beta2);
        Ranges.above0("Nadam: epsilon", epsilon);
    }

    /**
     * With Keras' coefficients 0.9, 0.999 and 1e-7.
     *
     * @param learningRate η, greater than 0; often 0.001
     */
    public Nadam(double learningRate) {
        this(learningRate, 0.9, 0.999, 1e-7);
    }

    @Override
    public int slots() {
        return 2;
    }

    @Override
    public void apply(
            float[] parameters, float[] gradients, float[][] slots, int length, float rate, float trust, long step) {
        float[] numbers = formulaNumbers(rate, step);
        Moments.blend(slots[0], gradients, (float) beta1, length);
        Moments.blendSquares(slots[1], gradients, (float) beta2, length);
        combine(gradients, slots[0], numbers[0], numbers[1], length);
        Moments.descendScaled(parameters, gradients, slots[1], numbers[2], numbers[3], length);
    }

    @Override
    public String formula() {
        return Moments.blendFormula("s0", "g", beta1) + Moments.blendFormula("s1", "g * g", beta2)
                + " p -= c2 * (c0 * s0 + c1 * g) / (sqrt(s1) + c3);";
    }

    /** The weights of moment and gradient, the rate, and ε. */
    @Override
    public float[] formulaNumbers(float rate, long step) {
        long t = step + 1;
        double product = momentumProduct(t);
        double next = momentum(t + 1);
        // √(v / c) + ε = (√v + ε√c) / √c
        double correction = Math.sqrt(1 - Math.pow(beta2, t));
        return new float[] {
            (float) (next / (1 - product * next)),
            (float) ((1 - momentum(t)) / (1 - product)),
            (float) (rate * correction),
            (float) (epsilon * correction)
        };
    }

    private double momentum(long t) {
        return beta1 * (1 - 0.5 * Math.pow(MOMENTUM_DECAY, t / SLOWNESS));
    }

    private double momentumProduct(long t) {
        double product = 1;
        for (long i = 1; i <= t && product > LOST; i++) {
            product *= momentum(i);
        }
        return product;
    }

    private static void combine(float[] gradients, float[] moments, float ofMoment, float ofGradient, int length) {
        for (int i = 0; i < length; i++) {
            gradients[i] = ofMoment * moments[i] + ofGradient * gradients[i];
        }
    }
}
