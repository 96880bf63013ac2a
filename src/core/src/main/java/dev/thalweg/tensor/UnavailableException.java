package dev.thalweg.tensor;

/**
 * A backend, device or precision that this library knows but that cannot be used on this machine. The message says why,
 * and what to choose instead.
 */
public class UnavailableException extends ThalwegException {
    private static final long serialVersionUID = 1;

    /**
     * Makes the exception.
     *
     * @param message what was asked for, why it cannot be used here, and what can
     */
    public UnavailableException(String message) {
        super(message);
    }

    /**
     * Makes the exception.
     *
     * @param message what was asked for, why it cannot be used here, and what can
     * @param cause what another library said
     */
    public UnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
