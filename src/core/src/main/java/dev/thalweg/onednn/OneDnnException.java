package dev.thalweg.onednn;

import dev.thalweg.tensor.ThalwegException;

/** A call of oneDNN that failed. The message names the call, its status and the shapes. */
public class OneDnnException extends ThalwegException {
    private static final long serialVersionUID = 1;

    /** The status that oneDNN returned; null where no call was made. */
    private final Status status;

    OneDnnException(Status status, String message) {
        super(message);
        this.status = status;
    }

    OneDnnException(String message, Throwable cause) {
        super(message, cause);
        this.status = null;
    }

    /**
     * {@return what oneDNN returned; null where it could not be called at all}
     */
    public Status status() {
        return status;
    }
}
