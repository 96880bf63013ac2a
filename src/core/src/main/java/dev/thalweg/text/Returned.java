package dev.thalweg.text;

import org.jspecify.annotations.Nullable;

/** What methods of users' own classes gave back. */
public final class Returned {
    private Returned() {}

    /**
     * {@return what a method gave back, which is not null}
     *
     * @param <T> of it
     * @param own whose method it is
     * @param method its name
     * @param value what it gave back
     * @throws IllegalStateException if it is null: the message names class and method
     */
    public static <T> T by(Object own, String method, @Nullable T value) {
        if (value == null) {
            throw new IllegalStateException(PrintableText.excerpt(own.getClass().getName()) + ": its method " + method
                    + " returned null, expected a value");
        }
        return value;
    }
}
