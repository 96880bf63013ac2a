package dev.thalweg.optim;

import dev.thalweg.text.StableName;
import java.util.Objects;
import java.util.function.LongToDoubleFunction;

/** A function with a name that stays the same from one run of the program to the next, as a function's own does not. */
record NamedSchedule(String name, LongToDoubleFunction rates) implements Schedule {
    NamedSchedule {
        StableName.given("a schedule", name);
        Objects.requireNonNull(rates, "rates");
    }

    /** The schedule; a function that has no name says so. */
    static Schedule named(Schedule schedule) {
        return schedule.getClass().isHidden() ? new NamedSchedule(StableName.of(schedule), schedule::at) : schedule;
    }

    @Override
    public double at(long step) {
        return rates.applyAsDouble(step);
    }

    @Override
    public String toString() {
        return name;
    }
}
