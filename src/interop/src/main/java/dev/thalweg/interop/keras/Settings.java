package dev.thalweg.interop.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thalweg.io.BadFileException;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a layer as Keras' file has them. What is missing has Keras' default; what is of another kind, or asks
 * for what is not read, is refused by an exception that names layer, class and file.
 *
 * @param file which
 * @param layer the layer's name
 * @param type its class in Keras
 * @param config its settings
 */
record Settings(Path file, String layer, String type, JsonNode config) {
    /** {@return what is thrown where the layer cannot be read} */
    BadFileException problem(String problem) {
        return problem(problem, null);
    }

    /** {@return what is thrown where the layer cannot be read} */
    BadFileException problem(String problem, @Nullable Throwable cause) {
        return new BadFileException(
                file,
                "layer " + PrintableText.excerpt(layer) + " (" + PrintableText.excerpt(type) + "): " + problem,
                cause);
    }

    private BadFileException wrong(String key, String expected) {
        return problem(key + " is " + PrintableText.excerpt(config.path(key)) + ", expected " + expected);
    }

    /** {@return whether a setting is there and not null} */
    boolean has(String key) {
        return config.hasNonNull(key);
    }

    /** {@return a whole number} */
    int integer(String key, int otherwise) throws BadFileException {
        List<Integer> one = integers(key, List.of(otherwise));
        if (one.size() != 1) {
            throw wrong(key, "one number");
        }
        return one.getFirst();
    }

    /** {@return a whole number or a list of them} */
    List<Integer> integers(String key, List<Integer> otherwise) throws BadFileException {
        if (!has(key)) {
            return otherwise;
        }
        return whole(key, config.get(key));
    }

    private List<Integer> whole(String key, JsonNode value) throws BadFileException {
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode number : value.isArray() ? value : List.of(value)) {
            if (!number.isIntegralNumber() || !number.canConvertToInt()) {
                throw wrong(key, "whole numbers");
            }
            numbers.add(number.intValue());
        }
        return numbers;
    }

    /** {@return numbers for top, bottom, left and right, which may be one for all or one for each direction} */
    List<Integer> sides(String key, int otherwise) throws BadFileException {
        List<Integer> sides = new ArrayList<>();
        if (config.path(key).path(0).isArray()) {
            for (JsonNode direction : config.get(key)) {
                sides.addAll(whole(key, direction));
            }
        } else {
            List<Integer> pair = pair(key, otherwise);
            sides.addAll(List.of(pair.getFirst(), pair.getFirst(), pair.getLast(), pair.getLast()));
        }
        if (sides.size() != 4) {
            throw wrong(key, "two numbers for each direction");
        }
        return sides;
    }

    /** {@return numbers of both directions, height first, which may be one for both} */
    List<Integer> pair(String key, int otherwise) throws BadFileException {
        List<Integer> pair = integers(key, List.of(otherwise));
        return switch (pair.size()) {
            case 1 -> List.of(pair.getFirst(), pair.getFirst());
            case 2 -> pair;
            default -> throw wrong(key, "one number or two");
        };
    }

    /** {@return a number that is the same in both directions} */
    int square(String key, int otherwise) throws BadFileException {
        List<Integer> pair = pair(key, otherwise);
        if (!pair.getFirst().equals(pair.getLast())) {
            throw wrong(key, "the same number in both directions");
        }
        return pair.getFirst();
    }

    /** {@return a number} */
    double number(String key, double otherwise) throws BadFileException {
        if (!has(key)) {
            return otherwise;
        }
        if (!config.get(key).isNumber()) {
            throw wrong(key, "a number");
        }
        return config.get(key).doubleValue();
    }

    /** {@return a text} */
    String text(String key, String otherwise) throws BadFileException {
        if (!has(key)) {
            return otherwise;
        }
        if (!config.get(key).isTextual()) {
            throw wrong(key, "a text");
        }
        return config.get(key).textValue();
    }

    /** {@return whether something is switched on} */
    boolean flag(String key, boolean otherwise) throws BadFileException {
        if (!has(key)) {
            return otherwise;
        }
        if (!config.get(key).isBoolean()) {
            throw wrong(key, "true or false");
        }
        return config.get(key).booleanValue();
    }

    /** Refuses a setting that is there, not null and not false. */
    void none(String key) throws BadFileException {
        if (has(key) && !config.get(key).isBoolean() || flag(key, false)) {
            throw wrong(key, "none: it is not read");
        }
    }

    /** Refuses a setting other than a text. */
    void only(String key, String value) throws BadFileException {
        if (!text(key, value).equals(value)) {
            throw wrong(key, value + ": nothing else is read");
        }
    }

    /** Refuses a setting other than a number. */
    void only(String key, double value) throws BadFileException {
        if (number(key, value) != value) {
            throw wrong(key, value + ": nothing else is read");
        }
    }
}
