package dev.thalweg.memory;

import org.jspecify.annotations.Nullable;

/**
 * Who uses a thing that can be closed, so that nothing is freed under its users: every use enters and leaves, things
 * that need it while they are open are its children, and closing succeeds only while nobody is inside and no child is
 * open. Asking and closing are one step: who enters after that is refused.
 *
 * <pre>{@code
 * try (Lifetime.Use _ = lifetime.enterAlone()) {
 *     ...
 * }
 * }</pre>
 */
public final class Lifetime {
    /** A use that is under way; closing it ends it. To be closed once, by the thread that entered. */
    @FunctionalInterface
    public interface Use extends AutoCloseable {
        @Override
        void close();
    }

    private final String what;
    private final String childrenName;
    private final @Nullable Lifetime parent;
    // One for all, so that entering allocates nothing.
    private final Use use = this::leave;
    private int inside;
    /** Who keeps all others out; null where nobody does. */
    private @Nullable Thread alone;

    private int children;
    private boolean closed;
    private boolean awaited;

    private Lifetime(@Nullable Lifetime parent, String what, String childrenName) {
        this.parent = parent;
        this.what = what;
        this.childrenName = childrenName;
    }

    /**
     * Begins a life that depends on no other.
     *
     * @param what whose it is, for messages
     * @param children what those are that will need it, in the plural, for messages
     * @return the lifetime
     */
    public static Lifetime of(String what, String children) {
        return new Lifetime(null, what, children);
    }

    /**
     * Begins the life of something that needs this to stay open.
     *
     * @param childWhat whose it is, for messages
     * @param grandchildren what those are that will need it, in the plural, for messages
     * @return its lifetime
     * @throws IllegalStateException if this is closed
     */
    public synchronized Lifetime child(String childWhat, String grandchildren) {
        checkOpen();
        Lifetime child = new Lifetime(this, childWhat, grandchildren);
        children++;
        return child;
    }

    /**
     * Enters for a use beside others.
     *
     * @return the use
     * @throws IllegalStateException if this is closed, or another thread uses it alone
     */
    public synchronized Use enter() {
        checkOpen();
        if (alone != null && alone != Thread.currentThread()) {
            throw inUse();
        }
        inside++;
        return use;
    }

    /**
     * Enters for a use beside which there is no other; the same thread may enter again.
     *
     * @return the use
     * @throws IllegalStateException if this is closed or somebody else uses it
     */
    public synchronized Use enterAlone() {
        checkOpen();
        if (inside > 0 && alone != Thread.currentThread()) {
            throw inUse();
        }
        alone = Thread.currentThread();
        inside++;
        return use;
    }

    private synchronized void leave() {
        inside--;
        if (inside == 0) {
            alone = null;
            if (awaited) {
                notifyAll();
            }
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException(what + " is closed: it cannot be used any more");
        }
    }

    private IllegalStateException inUse() {
        return new IllegalStateException(what + " is in use by " + user() + ": one thread at a time may use it");
    }

    private String user() {
        if (alone == null) {
            return "another thread";
        }
        return alone == Thread.currentThread() ? "this very call" : "thread \"" + alone.getName() + "\"";
    }

    /**
     * {@return whether this was closed}
     */
    public synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Ends this life, then frees what belongs to it; its parent can be closed when that is done. Does nothing if this
     * was closed before.
     *
     * @param resources closed together
     * @throws IllegalStateException if somebody is inside or a child is open: nothing has changed then, and closing can
     *         be tried again
     */
    public void close(Scope resources) {
        synchronized (this) {
            if (closed) {
                return;
            }
            if (inside > 0) {
                throw new IllegalStateException(
                        what + " cannot be closed while " + user() + " uses it: wait for the call to end, then close");
            }
            checkChildless();
            closed = true;
        }
        free(resources);
    }

    /**
     * Ends this life as {@link #close} does, but waits for those who are inside; who wants to enter meanwhile is
     * refused. An interrupt does not end the waiting, and is kept.
     *
     * @param resources closed together
     * @throws IllegalStateException if the calling thread is inside alone, or a child is open: nothing has changed then
     */
    public void closeWhenLeft(Scope resources) {
        synchronized (this) {
            if (closed) {
                return;
            }
            if (alone == Thread.currentThread()) {
                throw new IllegalStateException(
                        what + " cannot be closed from within its use: wait for the call to end, then close");
            }
            checkChildless();
            closed = true;
            awaited = true;
            boolean interrupted = false;
            while (inside > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        free(resources);
    }

    private void checkChildless() {
        if (children > 0) {
            throw new IllegalStateException(what + " cannot be closed: " + children + " open " + childrenName
                    + " still use it; close them first");
        }
    }

    private void free(Scope resources) {
        try {
            resources.close();
        } finally {
            if (parent != null) {
                parent.childClosed();
            }
        }
    }

    private synchronized void childClosed() {
        children--;
    }

    /** {@return whose it is} */
    @Override
    public String toString() {
        return what;
    }
}
