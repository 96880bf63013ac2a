package dev.thalweg.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How long a tune may take, since it began: a time, or a number of epochs, which makes it the same on every machine.
 *
 * @param amount of the unit, at least 1
 * @param unit as it is typed
 */
record Budget(long amount, String unit) {
    private static final String EPOCHS = "epochs";
    private static final Pattern WORD = Pattern.compile("([1-9]\\d{0,8})(s|m|h|" + EPOCHS + ")");

    /** Reads one. */
    static final class Reader implements ITypeConverter<Budget> {
        @Override
        public Budget convert(String word) {
            Matcher matcher = WORD.matcher(word);
            if (!matcher.matches()) {
                throw new TypeConversionException(
                        "expected a time as in 90s, 10m or 2h, or epochs as in 200epochs, got '" + word + "'");
            }
            return new Budget(Long.parseLong(matcher.group(1)), matcher.group(2));
        }
    }

    boolean isTime() {
        return !unit.equals(EPOCHS);
    }

    /** How many epochs may be trained, of all trials together. */
    long epochs() {
        return isTime() ? Long.MAX_VALUE : amount;
    }

    /** How long it may take. */
    Duration time() {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofSeconds(Long.MAX_VALUE);
        };
    }

    /** As it is typed. */
    @Override
    public String toString() {
        return amount + unit;
    }
}
