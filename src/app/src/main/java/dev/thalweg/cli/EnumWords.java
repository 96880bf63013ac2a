package dev.thalweg.cli;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * The constants of an enum as words of the command line, {@code one-cycle} for {@code ONE_CYCLE}: as they are shown
 * and, in whatever case and also with {@code _}, read.
 */
final class EnumWords<E extends Enum<E>> implements ITypeConverter<E> {
    private final E[] constants;

    private EnumWords(Class<E> type) {
        constants = type.getEnumConstants();
    }

    /** {@return the word for a constant} */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Has every option of a command and of its subcommands whose values are an enum's read its words. */
    static void register(CommandLine line) {
        for (OptionSpec option : line.getCommandSpec().options()) {
            for (Class<?> type : option.auxiliaryTypes()) {
                if (type.isEnum()) {
                    register(line, type.asSubclass(Enum.class));
                }
            }
        }
        line.getSubcommands().values().forEach(EnumWords::register);
    }

    @SuppressWarnings({"rawtypes", "unchecked"})
    private static void register(CommandLine line, Class<? extends Enum> type) {
        line.registerConverter((Class) type, new EnumWords(type));
    }

    @Override
    public E convert(String word) {
        String wanted = word.toLowerCase(Locale.ROOT).replace('_', '-');
        return Stream.of(constants)
                .filter(constant -> of(constant).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("expected one of "
                        + Stream.of(constants).map(EnumWords::of).collect(Collectors.joining(", ")) + ", got '" + word
                        + "'"));
    }
}
