package dev.thalweg.inference;

import java.util.Objects;

/**
 * An output of a model with what it says of a picture.
 *
 * @param name of the class, the label or the number that the output stands for
 * @param number as the model says it
 */
public record NamedOutput(String name, float number) {
    /** Refuses a name that is null. */
    public NamedOutput {
        Objects.requireNonNull(name, "name");
    }
}
