package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/**
 * A learning rate for each element that falls with the gradients it has seen (Duchi, Hazan and Singer, JMLR 12, 2011):
 * <pre>
 *   a ← a + g²
 *   θ ← θ − η g / √(a + ε)
 * </pre>
 * where a starts at {@code initialAccumulator}, as in Keras.
 *
 * @param learningRate η, greater than 0
 * @param initialAccumulator where a starts, at least 0
 * @param epsilon ε, greater than 0
 */
public record AdaGrad(double learningRate, double initialAccumulator, double epsilon) implements Rule {
    /** Checks the ranges. */
    public AdaGrad {
        Ranges.above0("AdaGrad: the learning rate", learningRate);
        Ranges.atLeast0("AdaGrad: the initial accumulator", initialAccumulator);
        Ranges.above0("AdaGrad: epsilon", epsilon);
    }

    /**
     * With Keras' coefficients 0.1 and 1e-7.
     *
     * @param learningRate η, greater than 0; often 0.01
     */
    public AdaGrad(double learningRate) {
        this(learningRate, 0.1, 1e-7);
    }

    @Override
    public int slots() {
        return 1;
    }

    @Override
    public void apply(
            float[] parameters, float[] gradients, float[][] slots, int length, float rate, float trust, long step) {
        // The slot starts at zero like every slot, so it holds what was added to the start.
        accumulate(slots[0], gradients, length);
        descend(parameters, gradients, slots[0], rate, (float) (initialAccumulator + epsilon), length);
    }

    private static void accumulate(float[] sum, float[] gradients, int length) {
        for (int i = 0; i < length; i++) {
            sum[i] += gradients[i] * gradients[i];
        }
    }

    private static void descend(
            float[] parameters, float[] gradients, float[] sum, float rate, float offset, int length) {
        for (int i = 0; i < length; i++) {
            parameters[i] -= rate * gradients[i] / (float) Math.sqrt(sum[i] + offset);
        }
    }

    @Override
    public String formula() {
        return "s0 += g * g; p -= rate * g / sqrt(s0 + " + UpdateRule.literal(initialAccumulator + epsilon) + ");";
    }
}
