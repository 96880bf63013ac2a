package dev.thalweg.collective;

import dev.thalweg.tensor.ThalwegException;

/**
 * Another replica of a computation failed, fell silent or left, so that this one cannot go on. The message says which
 * one, and what is known of it.
 */
public class CollectiveException extends ThalwegException {
    private static final long serialVersionUID = 1;

    /**
     * Makes the exception.
     *
     * @param message which replica, what was expected of it, and what to do
     */
    public CollectiveException(String message) {
        super(message);
    }

    /**
     * Makes the exception.
     *
     * @param message which replica, what was expected of it, and what to do
     * @param cause what the transport said
     */
    public CollectiveException(String message, Throwable cause) {
        super(message, cause);
    }
}
