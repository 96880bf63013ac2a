package dev.thalweg.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * An option whose value is searched: among words, each as probable as the others, or between two numbers, of which each
 * order of magnitude is as probable as the others.
 *
 * @param option its name
 * @param values the words, of which an empty one leaves the option out; empty for numbers
 * @param from the least number
 * @param to the greatest
 */
record Axis(String option, List<String> values, double from, double to) {
    /** More would only look exact. */
    private static final MathContext DIGITS = new MathContext(3);

    Axis {
        values = List.copyOf(values);
    }

    static Axis of(String option, List<String> values) {
        return new Axis(option, values, 0, 0);
    }

    static Axis between(String option, double from, double to) {
        return new Axis(option, List.of(), from, to);
    }

    /** {@return one of the values at random} */
    String draw(SplittableRandom random) {
        if (!values.isEmpty()) {
            return values.get(random.nextInt(values.size()));
        }
        double number = Math.exp(Math.log(from) + random.nextDouble() * (Math.log(to) - Math.log(from)));
        return rounded(number);
    }

    private static String rounded(double number) {
        return Double.toString(new BigDecimal(number).round(DIGITS).doubleValue());
    }

    /** Random numbers of a trial, which are those of no other one. */
    static SplittableRandom random(long seed, int trial) {
        SplittableRandom all = new SplittableRandom(seed);
        return Stream.generate(all::split).skip(trial).findFirst().orElseThrow();
    }

    /** For people. */
    @Override
    public String toString() {
        return values.isEmpty()
                ? option + " " + rounded(from) + " to " + rounded(to)
                : option + " "
                        + String.join(
                                " | ",
                                values.stream()
                                        .map(value -> value.isEmpty() ? "none" : value)
                                        .toList());
    }
}
