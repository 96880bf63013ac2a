package dev.thalweg.optim;

/** Checks of coefficients, with one way to say what is wrong. */
final class Ranges {
    private Ranges() {}

    static void above0(String what, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + " must be greater than 0, got " + value);
        }
    }

    static void atLeast0(String what, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + " must be at least 0, got " + value);
        }
    }

    /** Of a schedule that multiplies a rate by a factor after so many steps. */
    static void decay(String schedule, double rate, double factor, long steps) {
        atLeast0(schedule + " schedule: the rate", rate);
        above0(schedule + " schedule: the factor", factor);
        atLeast1(schedule + " schedule: the number of steps", steps);
    }

    static void below1(String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(what + " must be at least 0 and below 1, got " + value);
        }
    }

    static void atLeast1(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be at least 1, got " + value);
        }
    }
}
