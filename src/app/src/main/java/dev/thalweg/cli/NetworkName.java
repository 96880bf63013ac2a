package dev.thalweg.cli;

import dev.thalweg.model.Networks;
import java.util.Iterator;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The networks that there are, for help and for the check of a name. */
final class NetworkName implements ITypeConverter<String>, Iterable<String> {
    @Override
    public String convert(String word) {
        String name = word.toLowerCase(Locale.ROOT);
        if (!Networks.names().contains(name)) {
            throw new TypeConversionException(
                    "expected one of " + String.join(", ", Networks.names()) + ", got '" + word + "'");
        }
        return name;
    }

    @Override
    public Iterator<String> iterator() {
        return Networks.names().iterator();
    }
}
