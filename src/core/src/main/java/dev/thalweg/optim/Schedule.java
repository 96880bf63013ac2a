package dev.thalweg.optim;

import dev.thalweg.tensor.CheckReturnValue;
import java.util.function.LongToDoubleFunction;

/**
 * The learning rate as a function of the step: values that are put together,
 * {@code new Schedule.CosineDecay(0.1, 0, 10_000).warmUp(500)}. A step is one update, counted from 0; an epoch has as
 * many as it has batches. Your own is a record with this interface, or a function with a name, {@link #of}: a
 * checkpoint knows a schedule by its {@link Object#toString}. A training with a mere lambda expression does not go on
 * from one, as nobody can tell whether it is the same.
 */
@FunctionalInterface
public interface Schedule {
    /**
     * {@return η of an update}
     *
     * @param step how many updates went before, from 0
     */
    double at(long step);

    /**
     * {@return this schedule after a warm-up from 0: the rate rises in a straight line to this schedule's first one,
     * and this schedule begins then (Goyal et al., arXiv 1706.02677, 2017)}
     *
     * @param steps how long the warm-up is, at least 1
     */
    @CheckReturnValue
    default Schedule warmUp(long steps) {
        return new WarmUp(steps, this);
    }

    /**
     * {@return a schedule of your own}
     *
     * @param name by which checkpoints know it: it says all that makes the rates what they are
     * @param rates η of an update by how many went before, at least 0
     */
    static Schedule of(String name, LongToDoubleFunction rates) {
        return new NamedSchedule(name, rates);
    }

    /**
     * The same for all steps.
     *
     * @param learningRate η, at least 0
     */
    record Constant(double learningRate) implements Schedule {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code learningRate} is not at least 0
         */
        public Constant {
            Ranges.atLeast0("constant schedule: the rate", learningRate);
        }

        @Override
        public double at(long step) {
            return learningRate;
        }
    }

    /**
     * {@code η₀ / (1 + decay · t)}.
     *
     * @param initialLearningRate η₀, at least 0
     * @param decay for each step, at least 0
     */
    record InverseTimeDecay(double initialLearningRate, double decay) implements Schedule {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code initialLearningRate} is not at least 0, or {@code decay} not at
         *         least 0
         */
        public InverseTimeDecay {
            Ranges.atLeast0("inverse-time schedule: the rate", initialLearningRate);
            Ranges.atLeast0("inverse-time schedule: the decay", decay);
        }

        @Override
        public double at(long step) {
            return initialLearningRate / (1 + decay * step);
        }
    }

    /**
     * {@code η₀ · decayRate^(t / decaySteps)}.
     *
     * @param initialLearningRate η₀, at least 0
     * @param decayRate of the rate in so many steps, greater than 0
     * @param decaySteps at least 1
     */
    record ExponentialDecay(double initialLearningRate, double decayRate, long decaySteps) implements Schedule {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code initialLearningRate} is not at least 0, {@code decayRate} not
         *         greater than 0, or {@code decaySteps} not at least 1
         */
        public ExponentialDecay {
            Ranges.atLeast0("exponential schedule: the rate", initialLearningRate);
            Ranges.above0("exponential schedule: the factor", decayRate);
            Ranges.atLeast1("exponential schedule: the number of steps", decaySteps);
        }

        @Override
        public double at(long step) {
            return initialLearningRate * Math.pow(decayRate, (double) step / decaySteps);
        }
    }

    /**
     * {@code η₀ · factor^⌊t / decaySteps⌋}: every so many steps the rate is multiplied by the factor.
     *
     * @param initialLearningRate η₀, at least 0
     * @param factor greater than 0
     * @param decaySteps at least 1
     */
    record StepDecay(double initialLearningRate, double factor, long decaySteps) implements Schedule {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code initialLearningRate} is not at least 0, {@code factor} not greater
         *         than 0, or {@code decaySteps} not at least 1
         */
        public StepDecay {
            Ranges.atLeast0("step schedule: the rate", initialLearningRate);
            Ranges.above0("step schedule: the factor", factor);
            Ranges.atLeast1("step schedule: the number of steps", decaySteps);
        }

        @Override
        public double at(long step) {
            return initialLearningRate * Math.pow(factor, Math.floorDiv(step, decaySteps));
        }
    }

    /**
     * {@code (η₀ − η₁)(1 − t / decaySteps)^power + η₁}, and η₁ after so many steps.
     *
     * @param initialLearningRate η₀, at least 0
     * @param endLearningRate η₁, at least 0
     * @param decaySteps how long it falls, at least 1
     * @param power 1 for a straight line; greater than 0
     */
    record PolynomialDecay(double initialLearningRate, double endLearningRate, long decaySteps, double power)
            implements Schedule {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code initialLearningRate} is not at least 0, {@code endLearningRate}
         *         not at least 0, {@code decaySteps} not at least 1, or {@code power} not greater than 0
         */
        public PolynomialDecay {
            Ranges.atLeast0("polynomial schedule: the first rate", initialLearningRate);
            Ranges.atLeast0("polynomial schedule: the last rate", endLearningRate);
            Ranges.atLeast1("polynomial schedule: the number of steps", decaySteps);
            Ranges.above0("polynomial schedule: the power", power);
        }

        /**
         * A straight line.
         *
         * @param initialLearningRate η₀
         * @param endLearningRate η₁
         * @param decaySteps how long it falls
         */
        public PolynomialDecay(double initialLearningRate, double endLearningRate, long decaySteps) {
            this(initialLearningRate, endLearningRate, decaySteps, 1);
        }

        @Override
        public double at(long step) {
            return (initialLearningRate - endLearningRate)
                            * Math.pow(1 - (double) Math.min(step, decaySteps) / decaySteps, power)
                    + endLearningRate;
        }
    }

    /**
     * {@code η₁ + (η₀ − η₁)(1 + cos(π t / decaySteps)) / 2}, and η₁ after so many steps (Loshchilov and Hutter, SGDR,
     * ICLR 2017, equation 5).
     *
     * @param initialLearningRate η₀, at least 0
     * @param endLearningRate η₁, at least 0
     * @param decaySteps how long it falls, at least 1
     */
    record CosineDecay(double initialLearningRate, double endLearningRate, long decaySteps) implements Schedule {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code initialLearningRate} is not at least 0, {@code endLearningRate}
         *         not at least 0, or {@code decaySteps} not at least 1
         */
        public CosineDecay {
            Ranges.atLeast0("cosine schedule: the first rate", initialLearningRate);
            Ranges.atLeast0("cosine schedule: the last rate", endLearningRate);
            Ranges.atLeast1("cosine schedule: the number of steps", decaySteps);
        }

        /**
         * {@return the same, started again each time it has ended}
         *
         * @param longer by which the number of steps is multiplied at each restart, at least 1
         * @param lower by which the first rate is multiplied at each restart, greater than 0
         */
        @CheckReturnValue
        public CosineDecayRestarts restarting(double longer, double lower) {
            return new CosineDecayRestarts(this, longer, lower);
        }

        @Override
        public double at(long step) {
            return value(initialLearningRate, (double) Math.min(step, decaySteps) / decaySteps);
        }

        private double value(double first, double share) {
            return endLearningRate + (first - endLearningRate) * (1 + Math.cos(Math.PI * share)) / 2;
        }
    }

    /**
     * Cosines one after the other (SGDR).
     *
     * @param first the first of them
     * @param longer by which the number of steps is multiplied at each restart, at least 1
     * @param lower by which the first rate is multiplied at each restart, greater than 0
     */
    record CosineDecayRestarts(CosineDecay first, double longer, double lower) implements Schedule {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code longer} is not at least 1, or {@code lower} not greater than 0
         */
        public CosineDecayRestarts {
            if (!(longer >= 1) || Double.isInfinite(longer)) {
                throw new IllegalArgumentException(
                        "cosine schedule: a restart is at least as long as the one before, got a factor of " + longer);
            }
            Ranges.above0("cosine schedule: the factor of the rate", lower);
        }

        @Override
        public double at(long step) {
            double rest = step;
            double length = first.decaySteps();
            double rate = first.initialLearningRate();
            while (rest >= length) {
                rest -= length;
                length *= longer;
                rate *= lower;
            }
            return first.value(rate, rest / length);
        }
    }

    /**
     * From 0 in a straight line to the first rate of another schedule, which then begins.
     *
     * @param steps how long the warm-up is, at least 1
     * @param then the schedule after it
     */
    record WarmUp(long steps, Schedule then) implements Schedule {
        /**
         * Checks what is given; a function as the schedule is named as {@link Schedule} says.
         *
         * @throws IllegalArgumentException if {@code steps} is not at least 1
         */
        public WarmUp {
            Ranges.atLeast1("warm-up: the number of steps", steps);
            then = NamedSchedule.named(then);
        }

        @Override
        public double at(long step) {
            return step < steps ? then.at(0) * (step + 1) / (steps + 1) : then.at(step - steps);
        }
    }

    /**
     * Up by half a cosine and down by another (Smith and Topin, arXiv 1708.07120, 2018, with PyTorch's cosines): from
     * {@code maxLearningRate / 25} to the greatest rate in the first part of the steps, then to
     * {@code maxLearningRate / 250 000}.
     *
     * @param maxLearningRate the greatest rate, at least 0
     * @param totalSteps how many there are in all, at least 2
     * @param rising the share of them in which the rate rises, above 0 and below 1; PyTorch's is 0.3
     */
    record OneCycle(double maxLearningRate, long totalSteps, double rising) implements Schedule {
        private static final double START = 25;
        private static final double END = 1e4;

        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code maxLearningRate} is not at least 0, {@code totalSteps} not at
         *         least 2, or {@code rising} not above 0 and below 1
         */
        public OneCycle {
            Ranges.atLeast0("one-cycle schedule: the greatest rate", maxLearningRate);
            if (totalSteps < 2) {
                throw new IllegalArgumentException(
                        "one-cycle schedule: the number of steps must be at least 2, got " + totalSteps);
            }
            if (!(rising > 0 && rising < 1)) {
                throw new IllegalArgumentException(
                        "one-cycle schedule: the rising share must be above 0 and below 1, got " + rising);
            }
        }

        /**
         * With PyTorch's rising share of 0.3.
         *
         * @param maxLearningRate the greatest rate
         * @param totalSteps how many there are in all
         */
        public OneCycle(double maxLearningRate, long totalSteps) {
            this(maxLearningRate, totalSteps, 0.3);
        }

        @Override
        public double at(long step) {
            double peak = Math.max(1, rising * totalSteps - 1);
            double low = maxLearningRate / START;
            if (step <= peak) {
                return between(low, maxLearningRate, step / peak);
            }
            return between(maxLearningRate, low / END, Math.min(1, (step - peak) / (totalSteps - 1 - peak)));
        }

        private static double between(double from, double to, double share) {
            return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
        }
    }
}
