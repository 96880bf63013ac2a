package dev.thalweg.cli;

import dev.thalweg.tensor.Threads;
import java.util.function.Function;
import java.util.function.Predicate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Which numbers an option takes; with others, the program is not begun. */
abstract sealed class Range<T> implements ITypeConverter<T> {
    private final String expected;
    private final Function<String, T> parser;
    private final Predicate<T> within;

    private Range(String expected, Function<String, T> parser, Predicate<T> within) {
        this.expected = expected;
        this.parser = parser;
        this.within = within;
    }

    @Override
    public T convert(String word) {
        try {
            T number = parser.apply(word);
            if (within.test(number)) {
                return number;
            }
        } catch (IllegalArgumentException e) {
            // No number, or none of its kind: as one out of range.
        }
        throw new TypeConversionException("expected " + expected + ", got '" + word + "'");
    }

    /** From 1 on. */
    static final class Count extends Range<Integer> {
        Count() {
            super("a whole number of at least 1", Integer::valueOf, n -> n >= 1);
        }
    }

    /** From 0 on. */
    static final class CountOrNone extends Range<Long> {
        CountOrNone() {
            super("a whole number of at least 0", Long::valueOf, n -> n >= 0);
        }
    }

    /** Of a server. */
    static final class Port extends Range<Integer> {
        Port() {
            super("a whole number from 0 to 65535", Integer::valueOf, n -> n >= 0 && n <= 65_535);
        }
    }

    /** Of a cross-validation. */
    static final class Folds extends Range<Integer> {
        Folds() {
            super("a whole number from 2 to 20", Integer::valueOf, n -> n >= 2 && n <= 20);
        }
    }

    /** Of threads. */
    static final class ThreadCount extends Range<Threads> {
        ThreadCount() {
            super("a whole number from 1 to 4096", word -> Threads.of(Integer.parseInt(word)), threads -> true);
        }
    }

    /** Above 0. */
    static final class Positive extends Range<Double> {
        Positive() {
            super("a number above 0", Double::valueOf, x -> x > 0 && Double.isFinite(x));
        }
    }

    /** From 0 on. */
    static final class NotNegative extends Range<Double> {
        NotNegative() {
            super("a number of at least 0", Double::valueOf, x -> x >= 0 && Double.isFinite(x));
        }
    }

    /** Of a time in which something has to happen. */
    static final class Seconds extends Range<Double> {
        private static final double DAY = 86_400;

        Seconds() {
            super("a number of seconds above 0 and at most 86400", Double::valueOf, x -> x > 0 && x <= DAY);
        }
    }

    /** Of a time that may be none. */
    static final class SecondsOrNone extends Range<Double> {
        SecondsOrNone() {
            super("a number of seconds from 0 to 86400", Double::valueOf, x -> x >= 0 && x <= Seconds.DAY);
        }
    }

    /** From 0 to below 1. */
    static final class Share extends Range<Double> {
        Share() {
            super("a number from 0 to below 1", Double::valueOf, x -> x >= 0 && x < 1);
        }
    }

    /** Above 50 and at most 100. */
    static final class Percent extends Range<Double> {
        Percent() {
            super("a number above 50 and at most 100", Double::valueOf, x -> x > 50 && x <= 100);
        }
    }

    /** Above 0 and below 1. */
    static final class Fraction extends Range<Double> {
        Fraction() {
            super("a number above 0 and below 1", Double::valueOf, x -> x > 0 && x < 1);
        }
    }
}
