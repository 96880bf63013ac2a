package dev.thalweg.tensor;

import dev.thalweg.text.PrintableText;

/** Shapes or data types that do not fit together. The message says what was got, what was expected and where. */
public class ShapeException extends ThalwegException {
    private static final long serialVersionUID = 1;
    private static final int MESSAGE_LENGTH = 2000;

    /**
     * Makes the exception.
     *
     * @param message what was got, what was expected, where, and what to do; the middle of a very long one is left out
     */
    public ShapeException(String message) {
        super(PrintableText.shortened(message, MESSAGE_LENGTH));
    }
}
