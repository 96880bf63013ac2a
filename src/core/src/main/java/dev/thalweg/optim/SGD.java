package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/**
 * Stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013), in Keras' convention:
 * with gradient g, learning rate η and momentum β
 * <pre>
 *   plain:     θ ← θ − ηg
 *   momentum:  v ← βv − ηg,   θ ← θ + v
 *   Nesterov:  v ← βv − ηg,   θ ← θ + βv − ηg
 * </pre>
 * The learning rate stands inside the velocity v. (Elsewhere one finds {@code v ← βv + g, θ ← θ − ηv}; the two differ
 * as soon as η changes: here steps already taken into v keep the rate they were taken with.) The rate itself decays
 * with the inverse of time, {@code η(t) = η₀ / (1 + decay · t)}, where t counts the updates before.
 *
 * <p>Batch, mini-batch and single-sample descent are this rule with all examples, a few, or one in each batch.
 *
 * @param learningRate η₀, greater than 0
 * @param momentum β, from 0 (plain descent) to below 1
 * @param nesterov whether the gradient is taken to act after the velocity; needs a momentum
 * @param decay how fast the rate falls, at least 0
 */
public record SGD(double learningRate, double momentum, boolean nesterov, double decay) implements Rule {
    /** Checks the ranges. */
    public SGD {
        Ranges.above0("SGD: the learning rate", learningRate);
        Ranges.below1("SGD: the momentum", momentum);
        if (nesterov && momentum == 0) {
            throw new IllegalArgumentException("SGD: Nesterov's momentum needs a momentum above 0");
        }
        Ranges.atLeast0("SGD: the decay", decay);
    }

    /**
     * Plain gradient descent.
     *
     * @param learningRate η, greater than 0
     */
    public SGD(double learningRate) {
        this(learningRate, 0, false, 0);
    }

    /**
     * {@return this rule with momentum}
     *
     * @param beta from 0 to below 1
     */
    public SGD momentum(double beta) {
        return new SGD(learningRate, beta, nesterov, decay);
    }

    /**
     * {@return this rule with Nesterov's momentum}
     *
     * @param beta above 0 and below 1
     */
    public SGD nesterov(double beta) {
        return new SGD(learningRate, beta, true, decay);
    }

    /**
     * {@return this rule with a learning rate that falls as {@code η₀ / (1 + decay · t)}}
     *
     * @param rate the decay, at least 0
     */
    public SGD decay(double rate) {
        return new SGD(learningRate, momentum, nesterov, rate);
    }

    @Override
    public Schedule defaultSchedule() {
        return decay == 0 ? new Schedule.Constant(learningRate) : new Schedule.InverseTime(learningRate, decay);
    }

    @Override
    public int slots() {
        return momentum == 0 ? 0 : 1;
    }

    @Override
    public void apply(
            float[] parameters, float[] gradients, float[][] slots, int length, float rate, float trust, long step) {
        if (momentum == 0) {
            Moments.add(parameters, gradients, -rate, length);
            return;
        }
        float beta = (float) momentum;
        float[] velocity = slots[0];
        accumulate(velocity, gradients, rate, beta, length);
        if (nesterov) {
            Moments.add(parameters, gradients, -rate, length);
            Moments.add(parameters, velocity, beta, length);
        } else {
            Moments.add(parameters, velocity, 1, length);
        }
    }

    private static void accumulate(float[] velocity, float[] gradients, float rate, float beta, int length) {
        for (int i = 0; i < length; i++) {
            velocity[i] = beta * velocity[i] - rate * gradients[i];
        }
    }

    @Override
    public String formula() {
        String beta = UpdateRule.literal(momentum);
        String velocity = "s0 = " + beta + " * s0 - rate * g;";
        return momentum == 0
                ? "p -= rate * g;"
                : nesterov ? velocity + " p += " + beta + " * s0 - rate * g;" : velocity + " p += s0;";
    }
}
