package dev.thalweg.serve.protocol;

import dev.thalweg.text.PrintableText;

/** A request that cannot be meant: what was got and what was expected, to be told to whoever sent it. */
public final class ProtocolException extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * What is wrong.
     *
     * @param message what was got and what was expected
     */
    public ProtocolException(String message) {
        super(message);
    }

    /** What is wrong with an input. */
    static ProtocolException ofInput(String name, String problem) {
        return new ProtocolException("input \"" + PrintableText.excerpt(name) + "\": " + problem);
    }

    /**
     * What another library found wrong.
     *
     * @param message what was got and what was expected
     * @param cause what the library said
     */
    public ProtocolException(String message, Throwable cause) {
        super(message, cause);
    }
}
