package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import dev.thalweg.tensor.CheckReturnValue;
import java.util.List;

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
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, {@code momentum} not from 0
     *         to below 1, {@code decay} not at least 0, or there is Nesterov's momentum without a momentum
     */
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
    @CheckReturnValue
    public SGD momentum(double beta) {
        return new SGD(learningRate, beta, nesterov, decay);
    }

    /**
     * {@return this rule with Nesterov's momentum}
     *
     * @param beta above 0 and below 1
     */
    @CheckReturnValue
    public SGD nesterov(double beta) {
        return new SGD(learningRate, beta, true, decay);
    }

    /**
     * {@return this rule with a learning rate that falls as {@code η₀ / (1 + decay · t)}}
     *
     * @param rate the decay, at least 0
     */
    @CheckReturnValue
    public SGD decay(double rate) {
        return new SGD(learningRate, momentum, nesterov, rate);
    }

    @Override
    public Schedule defaultSchedule() {
        return decay == 0 ? new ConstantSchedule(learningRate) : new InverseTimeDecay(learningRate, decay);
    }

    @Override
    public List<Assignment> assignments() {
        Expression step = Expression.RATE.times(Expression.GRADIENT);
        if (momentum == 0) {
            return List.of(Expression.PARAMETER.becomes(Expression.PARAMETER.minus(step)));
        }
        Target velocity = Expression.slot(0);
        return List.of(
                velocity.becomes(velocity.times(momentum).minus(step)),
                Expression.PARAMETER.becomes(
                        nesterov
                                ? Expression.PARAMETER.minus(step).plus(velocity.times(momentum))
                                : Expression.PARAMETER.plus(velocity)));
    }
}
