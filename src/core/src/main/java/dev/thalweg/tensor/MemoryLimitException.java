package dev.thalweg.tensor;

import java.util.Objects;

/** Off-heap memory was asked for beyond what this process may hold; nothing was allocated. */
public class MemoryLimitException extends ThalwegException {
    private static final long serialVersionUID = 1;

    /** In bytes. */
    private final long asked;
    /** In bytes. */
    private final long held;
    /** In bytes. */
    private final long allowed;

    /**
     * Says what was asked for.
     *
     * @param message by whom, and what may be done
     * @param asked in bytes
     * @param held by whomever, in bytes
     * @param allowed in all, in bytes
     */
    public MemoryLimitException(String message, long asked, long held, long allowed) {
        super(message);
        Objects.requireNonNull(message, "message");
        this.asked = asked;
        this.held = held;
        this.allowed = allowed;
    }

    /**
     * {@return how many bytes were asked for}
     */
    public long asked() {
        return asked;
    }

    /**
     * {@return how many bytes were held at that time, by whomever}
     */
    public long held() {
        return held;
    }

    /**
     * {@return how many bytes may be held in all}
     */
    public long allowed() {
        return allowed;
    }
}
