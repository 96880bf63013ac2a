package dev.thalweg.data;

import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.PrintableText;
import java.util.List;
import java.util.Objects;

/**
 * What the outputs of a model stand for.
 *
 * @param kind what they are
 * @param names one for each output; empty where they have none
 */
public record TargetSpec(TargetKind kind, List<String> names) {
    /** Of models that were not trained yet. */
    public static final TargetSpec UNKNOWN = new TargetSpec(TargetKind.CLASSES, List.of());

    /** Copies the names. */
    public TargetSpec {
        Objects.requireNonNull(kind, "kind");
        names = List.copyOf(names);
    }

    /**
     * {@return what an output is called: its number where it has no name}
     *
     * @param output from 0
     * @throws IndexOutOfBoundsException if it is negative
     */
    public String name(int output) {
        if (output < 0) {
            throw new IndexOutOfBoundsException("expected an output counted from 0, got " + output);
        }
        return output < names.size() ? names.get(output) : Integer.toString(output);
    }

    /** For messages. */
    @Override
    public String toString() {
        return kind + " " + PrintableText.excerpt(names);
    }
}
