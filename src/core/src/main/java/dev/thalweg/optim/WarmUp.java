package dev.thalweg.optim;

/**
 * From 0 in a straight line to the first rate of another schedule, which then begins.
 *
 * @param steps how long the warm-up is, at least 1
 * @param then the schedule after it
 */
public record WarmUp(long steps, Schedule then) implements Schedule {
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
