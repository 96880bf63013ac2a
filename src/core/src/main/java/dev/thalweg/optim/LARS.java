package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/**
 * Layer-wise adaptive rates, for very large batches (You, Gitman and Ginsburg, arXiv 1708.03888, 2017, algorithm 1):
 * <pre>
 *   λ = trust · ‖θ‖ / (‖g‖ + β‖θ‖),   1 where either norm is 0
 *   v ← mv + ηλ(g + βθ)
 *   θ ← θ − v
 * </pre>
 * Norms are those of a whole parameter before the step. Decay apart from the gradient, {@link Optimizer#weightDecay},
 * goes by η, not by ηλ. Biases are best given to plain momentum:
 * {@code .group(ParameterGroup.of(".*bias").rule(new SGD(1).momentum(0.9)))}.
 *
 * @param learningRate η, greater than 0
 * @param momentum m, from 0 to below 1
 * @param weightDecay β, at least 0
 * @param trust greater than 0
 */
public record LARS(double learningRate, double momentum, double weightDecay, double trust) implements Rule {
    /** Checks the ranges. */
    public LARS {
        Ranges.above0("LARS: the learning rate", learningRate);
        Ranges.below1("LARS: the momentum", momentum);
        Ranges.atLeast0("LARS: the weight decay", weightDecay);
        Ranges.above0("LARS: the trust coefficient", trust);
    }

    /**
     * With the paper's coefficients: momentum 0.9, weight decay 0.0005, trust 0.001.
     *
     * @param learningRate η, greater than 0
     */
    public LARS(double learningRate) {
        this(learningRate, 0.9, 0.0005, 0.001);
    }

    @Override
    public int slots() {
        return 1;
    }

    @Override
    public boolean usesNorms() {
        return true;
    }

    @Override
    public double trust(double parameterNorm, double gradientNorm) {
        return parameterNorm == 0 || gradientNorm == 0
                ? 1
                : trust * parameterNorm / (gradientNorm + weightDecay * parameterNorm);
    }

    @Override
    public void apply(
            float[] parameters, float[] gradients, float[][] slots, int length, float rate, float trusted, long step) {
        Moments.add(gradients, parameters, (float) weightDecay, length);
        accumulate(slots[0], gradients, rate * trusted, (float) momentum, length);
        Moments.add(parameters, slots[0], -1, length);
    }

    private static void accumulate(float[] velocity, float[] gradients, float rate, float kept, int length) {
        for (int i = 0; i < length; i++) {
            velocity[i] = kept * velocity[i] + rate * gradients[i];
        }
    }

    @Override
    public String formula() {
        String trusted = UpdateRule.literal(trust) + " * parameterNorm / (gradientNorm + "
                + UpdateRule.literal(weightDecay) + " * parameterNorm)";
        return "if (parameterNorm > 0 && gradientNorm > 0) rate *= " + trusted + "; g += "
                + UpdateRule.literal(weightDecay) + " * p; s0 = " + UpdateRule.literal(momentum)
                + " * s0 + rate * g; p -= s0;";
    }
}
