package dev.thalweg.optim;

import dev.thalweg.tensor.CheckReturnValue;
import java.util.function.LongToDoubleFunction;

/**
 * The learning rate as a function of the step: values that are put together,
 * {@code new CosineDecay(0.1, 0, 10_000).warmUp(500)}. A step is one update, counted from 0; an epoch has as
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
}
