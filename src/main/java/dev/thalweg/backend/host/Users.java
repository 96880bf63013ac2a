package dev.thalweg.backend.host;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts who still uses a thing, so that it cannot be freed under them. */
public final class Users {
    private final AtomicInteger open = new AtomicInteger();

    /** Starts without users. */
    public Users() {
    }

    /** Counts one more. */
    public void enter() {
        open.incrementAndGet();
    }

    /** Counts one less. */
    public void leave() {
        open.decrementAndGet();
    }

    /**
     * Refuses to go on while there are users.
     *
     * @param what the thing
     * @param users what its users are
     * @throws IllegalStateException if there are some
     */
    public void checkNone(String what, String users) {
        if (open.get() > 0) {
            throw new IllegalStateException(what + " cannot be closed: " + open.get() + " open " + users + " still use it; close them first");
        }
    }
}
