package dev.thalweg.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * What was noticed when a data set was read.
 *
 * @param size why its pictures have the size they have
 * @param passedOver folders, and files beside them, that do not count, each with the reason
 * @param leftOut files in the classes' folders that are no pictures, each with the reason
 * @param bad pictures that cannot be read and were skipped, each with the reason
 */
public record Reading(String size, List<String> passedOver, List<String> leftOut, List<String> bad) {
    /** Of data sets in which there is nothing to notice. */
    public static final Reading NOTHING = new Reading("", List.of(), List.of(), List.of());

    private static final int NAMED = 10;
    private static final int LONGEST = 300;

    /** Copies the lists. */
    public Reading {
        Objects.requireNonNull(size, "size");
        passedOver = List.copyOf(passedOver);
        leftOut = List.copyOf(leftOut);
        bad = List.copyOf(bad);
    }

    /**
     * {@return this for people: a line for each kind of thing noticed, with its count and the first names}
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (!size.isEmpty()) {
            lines.add(size);
        }
        add(lines, "passed over", passedOver);
        add(lines, "left out, because no pictures", leftOut);
        add(lines, "skipped, because they cannot be read", bad);
        return lines;
    }

    private static void add(List<String> lines, String what, List<String> names) {
        if (!names.isEmpty()) {
            lines.add(names.size() + " " + what + ": " + firstOf(names));
        }
    }

    /** The first of many texts, each cut to a bearable length, and how many more there are. */
    static String firstOf(List<String> texts) {
        String first = texts.stream()
                .limit(NAMED)
                .map(t -> t.length() > LONGEST ? t.substring(0, LONGEST) + "…" : t)
                .collect(Collectors.joining("; "));
        return texts.size() > NAMED ? first + "; and " + (texts.size() - NAMED) + " more" : first;
    }
}
