package dev.thalweg.optim;

import java.util.function.LongToDoubleFunction;

/**
 * The learning rate as a function of the step: values that are put together,
 * {@code new Schedule.Cosine(0.1, 0, 10_000).warmUp(500)}. A step is one update, counted from 0; an epoch has as many
 * as it has batches. Your own is a record with this interface, or a function with a name, {@link #of}: a checkpoint
 * knows a schedule by its {@link Object#toString}. Of a mere lambda expression it knows no more than the class that has
 * it.
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
     * @param rate η, at least 0
     */
    record Constant(double rate) implements Schedule {
        /** Checks the range. */
        public Constant {
            Ranges.atLeast0("constant schedule: the rate", rate);
        }

        @Override
        public double at(long step) {
            return rate;
        }
    }

    /**
     * {@code η₀ / (1 + decay · t)}.
     *
     * @param initial η₀, at least 0
     * @param decay for each step, at least 0
     */
    record InverseTime(double initial, double decay) implements Schedule {
        /** Checks the ranges. */
        public InverseTime {
            Ranges.atLeast0("inverse-time schedule: the rate", initial);
            Ranges.atLeast0("inverse-time schedule: the decay", decay);
        }

        @Override
        public double at(long step) {
            return initial / (1 + decay * step);
        }
    }

    /**
     * {@code η₀ · factor^(t / steps)}.
     *
     * @param initial η₀, at least 0
     * @param factor of the rate in so many steps, greater than 0
     * @param steps at least 1
     */
    record Exponential(double initial, double factor, long steps) implements Schedule {
        /** Checks the ranges. */
        public Exponential {
            Ranges.atLeast0("exponential schedule: the rate", initial);
            Ranges.above0("exponential schedule: the factor", factor);
            Ranges.atLeast1("exponential schedule: the number of steps", steps);
        }

        @Override
        public double at(long step) {
            return initial * Math.pow(factor, (double) step / steps);
        }
    }

    /**
     * {@code η₀ · factor^⌊t / steps⌋}: every so many steps the rate is multiplied by the factor.
     *
     * @param initial η₀, at least 0
     * @param factor greater than 0
     * @param steps at least 1
     */
    record Step(double initial, double factor, long steps) implements Schedule {
        /** Checks the ranges. */
        public Step {
            Ranges.atLeast0("step schedule: the rate", initial);
            Ranges.above0("step schedule: the factor", factor);
            Ranges.atLeast1("step schedule: the number of steps", steps);
        }

        @Override
        public double at(long step) {
            return initial * Math.pow(factor, Math.floorDiv(step, steps));
        }
    }

    /**
     * {@code (η₀ − η₁)(1 − t / steps)^power + η₁}, and η₁ after so many steps.
     *
     * @param initial η₀, at least 0
     * @param last η₁, at least 0
     * @param steps how long it falls, at least 1
     * @param power 1 for a straight line; greater than 0
     */
    record Polynomial(double initial, double last, long steps, double power) implements Schedule {
        /** Checks the ranges. */
        public Polynomial {
            Ranges.atLeast0("polynomial schedule: the first rate", initial);
            Ranges.atLeast0("polynomial schedule: the last rate", last);
            Ranges.atLeast1("polynomial schedule: the number of steps", steps);
            Ranges.above0("polynomial schedule: the power", power);
        }

        /**
         * A straight line.
         *
         * @param initial η₀
         * @param last η₁
         * @param steps how long it falls
         */
        public Polynomial(double initial, double last, long steps) {
            this(initial, last, steps, 1);
        }

        @Override
        public double at(long step) {
            return (initial - last) * Math.pow(1 - (double) Math.min(step, steps) / steps, power) + last;
        }
    }

    /**
     * {@code η₁ + (η₀ − η₁)(1 + cos(π t / steps)) / 2}, and η₁ after so many steps (Loshchilov and Hutter, SGDR, ICLR
     * 2017, equation 5).
     *
     * @param initial η₀, at least 0
     * @param last η₁, at least 0
     * @param steps how long it falls, at least 1
     */
    record Cosine(double initial, double last, long steps) implements Schedule {
        /** Checks the ranges. */
        public Cosine {
            Ranges.atLeast0("cosine schedule: the first rate", initial);
            Ranges.atLeast0("cosine schedule: the last rate", last);
            Ranges.atLeast1("cosine schedule: the number of steps", steps);
        }

        /**
         * {@return the same, started again each time it has ended}
         *
         * @param longer by which the number of steps is multiplied at each restart, at least 1
         * @param lower by which the first rate is multiplied at each restart, greater than 0
         */
        public CosineRestarts restarting(double longer, double lower) {
            return new CosineRestarts(this, longer, lower);
        }

        @Override
        public double at(long step) {
            return value(initial, (double) Math.min(step, steps) / steps);
        }

        private double value(double first, double share) {
            return last + (first - last) * (1 + Math.cos(Math.PI * share)) / 2;
        }
    }

    /**
     * Cosines one after the other (SGDR).
     *
     * @param first the first of them
     * @param longer by which the number of steps is multiplied at each restart, at least 1
     * @param lower by which the first rate is multiplied at each restart, greater than 0
     */
    record CosineRestarts(Cosine first, double longer, double lower) implements Schedule {
        /** Checks the ranges. */
        public CosineRestarts {
            if (!(longer >= 1) || Double.isInfinite(longer)) {
                throw new IllegalArgumentException(
                        "cosine schedule: a restart is at least as long as the one before, got a factor of " + longer);
            }
            Ranges.above0("cosine schedule: the factor of the rate", lower);
        }

        @Override
        public double at(long step) {
            double rest = step;
            double length = first.steps();
            double rate = first.initial();
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
        /** Checks the range, and names the schedule as {@link Schedule} says. */
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
     * {@code max / 25} to max in the first part of the steps, then to {@code max / 250 000}.
     *
     * @param max the greatest rate, at least 0
     * @param steps how many there are in all, at least 2
     * @param rising the share of them in which the rate rises, above 0 and below 1; PyTorch's is 0.3
     */
    record OneCycle(double max, long steps, double rising) implements Schedule {
        private static final double START = 25;
        private static final double END = 1e4;

        /** Checks the ranges. */
        public OneCycle {
            Ranges.atLeast0("one-cycle schedule: the greatest rate", max);
            if (steps < 2) {
                throw new IllegalArgumentException(
                        "one-cycle schedule: the number of steps must be at least 2, got " + steps);
            }
            if (!(rising > 0 && rising < 1)) {
                throw new IllegalArgumentException(
                        "one-cycle schedule: the rising share must be above 0 and below 1, got " + rising);
            }
        }

        /**
         * With PyTorch's rising share of 0.3.
         *
         * @param max the greatest rate
         * @param steps how many there are in all
         */
        public OneCycle(double max, long steps) {
            this(max, steps, 0.3);
        }

        @Override
        public double at(long step) {
            double peak = Math.max(1, rising * steps - 1);
            double low = max / START;
            if (step <= peak) {
                return between(low, max, step / peak);
            }
            return between(max, low / END, Math.min(1, (step - peak) / (steps - 1 - peak)));
        }

        private static double between(double from, double to, double share) {
            return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
        }
    }
}
