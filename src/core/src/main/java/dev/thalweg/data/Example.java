package dev.thalweg.data;

import java.util.Objects;

/**
 * A picture and what a network shall say of it, on their way into a data set.
 *
 * @param <T> of the target: a class' number or name, a list of labels, a row of numbers
 * @param pixels unsigned bytes {@code [C, H, W]}; they are copied when the data set takes them, not before
 * @param target what the network shall say
 */
public record Example<T>(byte[] pixels, T target) {
    /** Checks that both are given. */
    public Example {
        Objects.requireNonNull(pixels, "pixels");
        Objects.requireNonNull(target, "target");
    }
}
