package dev.thalweg.model;

import dev.thalweg.tensor.PrintableText;
import java.util.List;

/**
 * A layer and what flows into it.
 *
 * @param name unique among its neighbours, printable, at most 200 characters without dots and slashes; two steps of one
 *         name and layer share their weights; null for one made from the kind
 * @param layer what it does
 * @param from what it takes: 0 is what flows into the whole, k the result of the k-th step before it
 */
public record Step(String name, Layer layer, List<Integer> from) {
    private static final int LONGEST_NAME = 200;

    /** Copies the list and checks it and the name. */
    public Step {
        if (name != null
                && (name.isBlank()
                        || name.length() > LONGEST_NAME
                        || name.contains("/")
                        || name.contains(".")
                        || !PrintableText.isPrintable(name))) {
            throw new IllegalArgumentException("a layer's name must be printable, of 1 to " + LONGEST_NAME
                    + " characters without dots and slashes, got \""
                    + PrintableText.excerpt(name) + "\"");
        }
        Sizes.given("a step", "layer", layer);
        from = List.copyOf(Sizes.given("a step", "from", from));
        if (from.isEmpty() || from.stream().anyMatch(k -> k < 0)) {
            throw new IllegalArgumentException(
                    "a layer takes from 0, what flows into the whole, or from steps counted from 1; got "
                            + PrintableText.excerpt(from));
        }
    }
}
