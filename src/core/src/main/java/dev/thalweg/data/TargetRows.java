package dev.thalweg.data;

import dev.thalweg.text.Counted;
import dev.thalweg.text.Index;
import dev.thalweg.text.PrintableText;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the kinds of targets check alike. */
final class TargetRows {
    private TargetRows() {}

    /** Checks that names are printable, and that no two are the same. */
    static List<String> names(String what, List<String> names) {
        names.stream()
                .filter(name -> !PrintableText.isPrintable(name))
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(
                            what + " names must be printable, got " + PrintableText.excerpt(name));
                });
        checkDistinct(what, names);
        return List.copyOf(names);
    }

    /** Checks that no two names are the same: what a model says by such a name would be either. */
    static void checkDistinct(String what, List<String> names) {
        Set<String> seen = new HashSet<>();
        names.stream().filter(name -> !seen.add(name)).findFirst().ifPresent(name -> {
            throw new IllegalArgumentException(what + " names must differ from each other, got "
                    + PrintableText.excerpt(name) + " twice in " + PrintableText.excerpt(names));
        });
    }

    /** Copies rows of one length, at least 1. */
    static float[][] copy(int length, float[]... rows) {
        float[][] copies = new float[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != length || length == 0) {
                throw new IllegalArgumentException("the targets of picture " + i + " are "
                        + Counted.of(rows[i].length, "number") + ", expected " + Math.max(1, length));
            }
            copies[i] = rows[i].clone();
        }
        return copies;
    }

    /** {@return the chosen rows themselves: they are never changed} */
    static float[][] select(float[][] rows, int... indices) {
        float[][] chosen = new float[indices.length][];
        for (int i = 0; i < indices.length; i++) {
            chosen[i] = rows[Index.checked("picture", indices[i], rows.length)];
        }
        return chosen;
    }
}
