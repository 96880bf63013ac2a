package dev.thalweg.optim;

import java.util.function.LongToDoubleFunction;

/** A function with a name that stays the same from one run of the program to the next, as a function's own does not. */
record NamedSchedule(String name, LongToDoubleFunction rates) implements Schedule {
    NamedSchedule {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a schedule needs a name, by which checkpoints know it");
        }
    }

    /** The schedule, with a name where it has none of its own. */
    static Schedule named(Schedule schedule) {
        Class<?> type = schedule.getClass();
        // Lambda expressions have hidden classes, named after the class they stand in with something random behind.
        return type.isHidden()
                ? new NamedSchedule("a function of " + type.getName().replaceFirst("[$][$].*", ""), schedule::at)
                : schedule;
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
