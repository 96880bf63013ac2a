package dev.thalweg.spark;

import dev.thalweg.text.PrintableText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The classes or labels that there are, and which of them is meant by the text of a column. */
final class TargetNumbers {
    private static final Pattern NUMBER = Pattern.compile("0|[1-9]\\d{0,8}");

    private final List<String> names;
    private final boolean numbered;
    private final Map<String, Integer> numbers = new HashMap<>();

    /**
     * Knows the names.
     *
     * @param names in their order
     * @param numbered whether text is a number that counts them, from 0, not one of them
     */
    TargetNumbers(List<String> names, boolean numbered) {
        this.names = names;
        this.numbered = numbered;
        names.forEach(name -> numbers.putIfAbsent(name, numbers.size()));
    }

    /** {@return those that text names, in the order of the alphabet} */
    static TargetNumbers ofText(Set<String> texts) {
        return new TargetNumbers(List.copyOf(new TreeSet<>(texts)), false);
    }

    /**
     * {@return those that numbers count and that nothing names: they stand for themselves, also where no picture has
     * one}
     *
     * @param pictures how many there are: more classes there are not
     */
    static TargetNumbers counted(Set<String> texts, int pictures) {
        List<String> strange = texts.stream()
                .filter(NUMBER.asMatchPredicate().negate())
                .sorted()
                .toList();
        if (!strange.isEmpty()) {
            throw new IllegalArgumentException(
                    "expected labels that count classes from 0, got " + PrintableText.list(strange));
        }
        int last = texts.stream().mapToInt(Integer::parseInt).max().orElseThrow();
        if (last >= pictures) {
            throw new IllegalArgumentException("expected labels that count classes from 0, got one of " + last + " for "
                    + pictures + " pictures: give the names of the classes where there are more");
        }
        return new TargetNumbers(
                IntStream.rangeClosed(0, last).mapToObj(String::valueOf).toList(), true);
    }

    List<String> names() {
        return names;
    }

    /**
     * {@return which one a text means, from 0}
     *
     * @throws IllegalArgumentException if it means none
     */
    int of(StagedPicture picture, String text) {
        if (!numbered) {
            Integer number = numbers.get(text);
            if (number == null) {
                throw new IllegalArgumentException(picture.name() + ": expected one of the names "
                        + PrintableText.excerpt(names) + ", got " + PrintableText.excerpt(text));
            }
            return number;
        }
        if (!NUMBER.matcher(text).matches() || Integer.parseInt(text) >= names.size()) {
            throw new IllegalArgumentException(picture.name() + ": expected a number from 0 to " + (names.size() - 1)
                    + ", as there are names, got " + PrintableText.excerpt(text));
        }
        return Integer.parseInt(text);
    }
}
