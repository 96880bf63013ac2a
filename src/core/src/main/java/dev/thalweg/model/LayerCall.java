package dev.thalweg.model;

import dev.thalweg.text.PrintableText;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A layer and what flows into it.
 *
 * @param name unique among its neighbours, printable, at most 200 characters without dots and slashes; two calls of one
 *         name and layer share their weights; null for one made from the kind
 * @param layer what it does
 * @param from what it takes: 0 is what flows into the whole, k the result of the k-th call; where n flows come in, they
 *         are 0 to n - 1, and the result of the k-th call is n - 1 + k
 */
public record LayerCall(@Nullable String name, Layer layer, List<Integer> from) {
    private static final int LONGEST_NAME = 200;
    private static final Pattern KIND = Pattern.compile("\\w{1,200}", Pattern.UNICODE_CHARACTER_CLASS);

    /**
     * A layer whose name is made from its kind.
     *
     * @param layer what it does
     * @param from what it takes, counted as in {@link #LayerCall(String, Layer, List)}
     */
    public LayerCall(Layer layer, List<Integer> from) {
        this(null, layer, from);
    }

    /** Copies the list and checks it and the name. */
    public LayerCall {
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
        Sizes.given("a call", "layer", layer);
        if (name == null && !KIND.matcher(layer.kind()).matches()) {
            throw new IllegalArgumentException("a layer's kind must be letters, digits and low lines, got \""
                    + PrintableText.excerpt(layer.kind()) + "\": give it another kind, or a name");
        }
        from = List.copyOf(Sizes.given("a call", "from", from));
        if (from.isEmpty() || from.stream().anyMatch(k -> k < 0)) {
            throw new IllegalArgumentException(
                    "a layer takes from 0, what flows into the whole, or from calls counted from there; got "
                            + PrintableText.excerpt(from));
        }
    }
}
