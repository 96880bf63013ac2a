package dev.thalweg.optim;

/**
 * Stochastic gradient descent, with momentum (Polyak 1964) or Nesterov's (Sutskever et al. 2013), in Keras' convention:
 * with gradient g, learning rate η and momentum β
 * <pre>
 *   plain:     θ ← θ − ηg
 *   momentum:  v ← βv − ηg,   θ ← θ + v
 *   Nesterov:  v ← βv − ηg,   θ ← θ + βv − ηg
 * </pre>
 * The learning rate stands inside the velocity v. (Elsewhere one finds {@code v ← βv + g, θ ← θ − ηv}; the two differ as
 * soon as η changes: here steps already taken into v keep the rate they were taken with.) The rate itself decays with the
 * inverse of time, {@code η(t) = η₀ / (1 + decay · t)}, where t counts the updates before.
 *
 * <p>Batch, mini-batch and single-sample descent are this rule with all examples, a few, or one in each batch.
 *
 * @param learningRate η₀, greater than 0
 * @param momentum β, from 0 (plain descent) to below 1
 * @param nesterov whether the gradient is taken to act after the velocity; needs a momentum
 * @param decay how fast the rate falls, at least 0
 */
public record SGD(double learningRate, double momentum, boolean nesterov, double decay) implements Optimizer {
    /** Checks the ranges. */
    public SGD {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new IllegalArgumentException("SGD: the learning rate must be greater than 0, got " + learningRate);
        }
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("SGD: the momentum must be at least 0 and below 1, got " + momentum);
        }
        if (nesterov && momentum == 0) {
            throw new IllegalArgumentException("SGD: Nesterov's momentum needs a momentum above 0");
        }
        if (!(decay >= 0) || Double.isInfinite(decay)) {
            throw new IllegalArgumentException("SGD: the decay must be at least 0, got " + decay);
        }
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
    public float learningRate(long step) {
        return (float) (learningRate / (1 + decay * step));
    }

    @Override
    public int slots() {
        return momentum == 0 ? 0 : 1;
    }

    @Override
    public void apply(float[] parameters, float[] gradients, float[][] slots, int length, float rate, long step) {
        if (momentum == 0) {
            descend(parameters, gradients, length, rate);
            return;
        }
        float beta = (float) momentum;
        float[] velocity = slots[0];
        accumulate(velocity, gradients, length, rate, beta);
        if (nesterov) {
            descend(parameters, gradients, length, rate);
            add(parameters, velocity, length, beta);
        } else {
            add(parameters, velocity, length, 1);
        }
    }

    private static void descend(float[] parameters, float[] gradients, int length, float rate) {
        for (int i = 0; i < length; i++) {
            parameters[i] -= rate * gradients[i];
        }
    }

    private static void accumulate(float[] velocity, float[] gradients, int length, float rate, float beta) {
        for (int i = 0; i < length; i++) {
            velocity[i] = beta * velocity[i] - rate * gradients[i];
        }
    }

    private static void add(float[] parameters, float[] velocity, int length, float factor) {
        for (int i = 0; i < length; i++) {
            parameters[i] += factor * velocity[i];
        }
    }
}
