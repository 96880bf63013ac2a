package dev.thalweg.cli;

import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which preset chooses what the user leaves open. */
final class PresetOption {
    /** One of those there are. */
    static final class Name implements ITypeConverter<String>, Iterable<String> {
        @Override
        public String convert(String word) {
            if (!Preset.NAMES.contains(word)) {
                throw new TypeConversionException(
                        "expected one of " + String.join(", ", Preset.NAMES) + ", got '" + word + "'");
            }
            return word;
        }

        @Override
        public Iterator<String> iterator() {
            return Preset.NAMES.iterator();
        }
    }

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            converter = Name.class,
            completionCandidates = Name.class,
            description = "Choose the network and all that belongs to a training by the pictures:"
                    + " ${COMPLETION-CANDIDATES}; what else is given here stays as it is given (default: balanced, or"
                    + " none with --model). What was chosen is printed.")
    private @Nullable String name;

    /** The preset that chooses; empty where the user does. */
    Optional<String> name(GivenOptions given) {
        String usual = given.has("--model") ? Preset.NONE : Preset.USUAL;
        return Optional.of(name == null ? usual : name).filter(chosen -> !chosen.equals(Preset.NONE));
    }
}
