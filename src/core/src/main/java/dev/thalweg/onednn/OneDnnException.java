package dev.thalweg.onednn;

import dev.thalweg.tensor.ThalwegException;
import org.jspecify.annotations.Nullable;

/** A call of oneDNN that failed. The message names the call, its status and the shapes. */
public class OneDnnException extends ThalwegException {
    private static final long serialVersionUID = 1;

    /** The status that oneDNN returned; null where it could not be called at all. */
    private final @Nullable Status status;

    OneDnnException(Status status, String message) {
        super(message);
        this.status = status;
    }

    OneDnnException(String message) {
        super(message);
        this.status = null;
    }

    /**
     * {@return whether this is what oneDNN returned}
     *
     * @param asked a status
     */
    public boolean is(Status asked) {
        return status == asked;
    }
}
