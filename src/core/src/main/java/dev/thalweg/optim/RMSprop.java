package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/**
 * Gradients divided by a moving root mean square (Tieleman and Hinton, Coursera lecture 6.5, 2012), in Keras' form:
 * <pre>
 *   v ← ρv + (1 − ρ)g²
 *   plain:     s = η g / √(v + ε)
 *   centred:   ḡ ← ρḡ + (1 − ρ)g,   s = η g / √(v − ḡ² + ε)     (Graves 2013, equation 38)
 *   θ ← θ − s;   with momentum β:   u ← βu + s,   θ ← θ − u
 * </pre>
 *
 * @param learningRate η, greater than 0
 * @param rho ρ, from 0 to below 1
 * @param momentum β, from 0 to below 1
 * @param epsilon ε, greater than 0
 * @param centered whether the variance takes the place of the mean square
 */
public record RMSprop(double learningRate, double rho, double momentum, double epsilon, boolean centered)
        implements Rule {
    /** Checks the ranges. */
    public RMSprop {
        Ranges.above0("RMSprop: the learning rate", learningRate);
        Ranges.below1("RMSprop: rho", rho);
        Ranges.below1("RMSprop: the momentum", momentum);
        Ranges.above0("RMSprop: epsilon", epsilon);
    }

    /**
     * With Keras' coefficients: ρ 0.9, no momentum, ε 1e-7, not centred.
     *
     * @param learningRate η, greater than 0; often 0.001
     */
    public RMSprop(double learningRate) {
        this(learningRate, 0.9, 0, 1e-7, false);
    }

    /**
     * {@return this rule with momentum}
     *
     * @param beta from 0 to below 1
     */
    public RMSprop momentum(double beta) {
        return new RMSprop(learningRate, rho, beta, epsilon, centered);
    }

    /**
     * {@return this rule, centred: gradients are divided by their deviation}
     */
    public RMSprop centred() {
        return new RMSprop(learningRate, rho, momentum, epsilon, true);
    }

    @Override
    public int slots() {
        return 1 + (centered ? 1 : 0) + (momentum > 0 ? 1 : 0);
    }

    @Override
    public void apply(
            float[] parameters, float[] gradients, float[][] slots, int length, float rate, float trust, long step) {
        Moments.blendSquares(slots[0], gradients, (float) rho, length);
        if (centered) {
            Moments.blend(slots[1], gradients, (float) rho, length);
            scaleCentered(gradients, slots[0], slots[1], rate, (float) epsilon, length);
        } else {
            scale(gradients, slots[0], rate, (float) epsilon, length);
        }
        if (momentum > 0) {
            float[] velocity = slots[slots() - 1];
            accumulate(velocity, gradients, (float) momentum, length);
            Moments.add(parameters, velocity, -1, length);
        } else {
            Moments.add(parameters, gradients, -1, length);
        }
    }

    private static void scale(float[] gradients, float[] squares, float rate, float epsilon, int length) {
        for (int i = 0; i < length; i++) {
            gradients[i] = rate * gradients[i] / (float) Math.sqrt(squares[i] + epsilon);
        }
    }

    private static void scaleCentered(
            float[] gradients, float[] squares, float[] means, float rate, float epsilon, int length) {
        for (int i = 0; i < length; i++) {
            // Rounding may leave the difference just below zero, where it stands for zero.
            gradients[i] =
                    rate * gradients[i] / (float) Math.sqrt(Math.max(0, squares[i] - means[i] * means[i]) + epsilon);
        }
    }

    private static void accumulate(float[] velocity, float[] steps, float beta, int length) {
        for (int i = 0; i < length; i++) {
            velocity[i] = beta * velocity[i] + steps[i];
        }
    }

    @Override
    public String formula() {
        String small = UpdateRule.literal(epsilon);
        String scaled = centered
                ? Moments.blendFormula("s1", "g", rho) + " g = rate * g / sqrt(fmax(0.0f, s0 - s1 * s1) + " + small
                        + ");"
                : " g = rate * g / sqrt(s0 + " + small + ");";
        String velocity = "s" + (slots() - 1);
        String moved = momentum > 0
                ? velocity + " = " + UpdateRule.literal(momentum) + " * " + velocity + " + g; p -= " + velocity + ";"
                : "p -= g;";
        return Moments.blendFormula("s0", "g * g", rho) + scaled + " " + moved;
    }
}
