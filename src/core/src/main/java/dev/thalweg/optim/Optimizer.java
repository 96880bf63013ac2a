package dev.thalweg.optim;

import dev.thalweg.graph.Clipping;
import dev.thalweg.tensor.CheckReturnValue;

/**
 * What {@code compile} takes: a {@link Rule} by itself, {@code new Adam(0.001)}, or one with settings around it, which
 * these methods add: {@code new Adam(0.001).schedule(...).clipGlobalNorm(1).weightDecay(1e-4)}. Optimizers are
 * immutable: each method returns another one.
 */
public sealed interface Optimizer permits Rule, Descent {
    /**
     * {@return the rule with all its settings}
     */
    @CheckReturnValue
    Descent descent();

    /**
     * {@return this optimizer with another learning rate}
     *
     * @param rates the learning rate of each step, in place of the rule's own
     * @throws IllegalArgumentException if the rule has a schedule of its own, as SGD has with a decay
     */
    @CheckReturnValue
    default Descent schedule(Schedule rates) {
        return descent().withSchedule(rates);
    }

    /**
     * {@return this optimizer with every element of the gradients brought into {@code [−limit, limit]}}
     *
     * @param limit greater than 0
     */
    @CheckReturnValue
    default Descent clipValue(double limit) {
        return descent().withClipping(new Clipping.ByValue(limit));
    }

    /**
     * {@return this optimizer with the gradient of each parameter scaled down to a norm of at most the limit}
     *
     * @param limit greater than 0
     */
    @CheckReturnValue
    default Descent clipNorm(double limit) {
        return descent().withClipping(new Clipping.ByNorm(limit));
    }

    /**
     * {@return this optimizer with all gradients together scaled down to a norm of at most the limit}
     *
     * @param limit greater than 0
     */
    @CheckReturnValue
    default Descent clipGlobalNorm(double limit) {
        return descent().withClipping(new Clipping.ByGlobalNorm(limit));
    }

    /**
     * {@return this optimizer with the gradient of {@code λ‖θ‖₁} added}
     *
     * @param lambda at least 0
     */
    @CheckReturnValue
    default Descent l1(double lambda) {
        return descent().withRegularization(descent().regularization().l1(lambda));
    }

    /**
     * {@return this optimizer with the gradient of {@code λ‖θ‖²} added, which is {@code 2λθ} as in Keras}
     *
     * @param lambda at least 0
     */
    @CheckReturnValue
    default Descent l2(double lambda) {
        return descent().withRegularization(descent().regularization().l2(lambda));
    }

    /**
     * {@return this optimizer with decoupled weight decay, {@code θ ← θ − ηλθ} before each step (Loshchilov and Hutter
     * 2019)}
     *
     * @param lambda at least 0
     */
    @CheckReturnValue
    default Descent weightDecay(double lambda) {
        return descent().withRegularization(descent().regularization().weightDecay(lambda));
    }

    /**
     * {@return this optimizer with the incoming weights of each unit scaled down, after each step, to a norm of at most
     * the limit (Srivastava et al. 2014); biases are left alone}
     *
     * @param limit greater than 0
     */
    @CheckReturnValue
    default Descent maxNorm(double limit) {
        return descent().withRegularization(descent().regularization().maxNorm(limit));
    }

    /**
     * {@return this optimizer with other settings for some parameters; of several groups that a parameter fits, the
     * first counts}
     *
     * @param group which parameters, and their settings
     */
    @CheckReturnValue
    default Descent group(ParameterGroup group) {
        return descent().withGroup(group);
    }

    /**
     * {@return this optimizer with a moving average of the weights kept beside them,
     * {@code ema ← decay · ema + (1 − decay) · θ} after each step, the weights themselves after the first (Polyak and
     * Juditsky 1992)}
     *
     * @param decay above 0 and below 1, for instance 0.999
     */
    @CheckReturnValue
    default Descent emaMomentum(double decay) {
        return descent().withEmaMomentum(decay);
    }

    /**
     * {@return this optimizer with one update for several batches, by the mean gradient of all their pictures: as one
     * batch of that many times the size}
     *
     * @param batches how many, at least 1
     */
    @CheckReturnValue
    default Descent gradientAccumulationSteps(int batches) {
        return descent().withGradientAccumulationSteps(batches);
    }

    /**
     * {@return this optimizer with steps left out whose gradient holds something else than a finite number, instead of
     * ending the training; they are counted in the history}
     *
     * @param on whether
     */
    @CheckReturnValue
    default Descent skipNonFinite(boolean on) {
        return descent().withSkipNonFinite(on);
    }
}
