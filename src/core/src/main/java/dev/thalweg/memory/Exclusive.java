package dev.thalweg.memory;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Watches over something that one thread at a time uses until it is closed: whoever comes second gets an exception,
 * instead of mixed results or freed memory. Every public method of such a thing runs within a use:
 *
 * <pre>{@code
 * try (var _ = exclusive.use("predict")) {
 *     ...
 * }
 * }</pre>
 *
 * The thread that is inside may come in again, through what it calls; but not to change what is in use there.
 */
public final class Exclusive {
    /** One thread's stay inside, from its outermost method to the return from that. */
    public final class Use implements AutoCloseable {
        private final Thread thread = Thread.currentThread();
        private final String doing;
        private final boolean outermost;

        private Use(String doing, boolean outermost) {
            this.doing = doing;
            this.outermost = outermost;
        }

        /** Leaves. */
        @Override
        public void close() {
            if (outermost) {
                inside.set(null);
            }
        }
    }

    private final String name;
    private final String afterClose;
    private final String forManyThreads;
    private final AtomicReference<@Nullable Use> inside = new AtomicReference<>();
    /** Read and written inside only. */
    private boolean closed;

    /**
     * Nobody is inside yet.
     *
     * @param name of what is watched over, {@code "model"}
     * @param afterClose what to do where one that is closed is needed
     * @param forManyThreads what to do where several threads need one
     */
    public Exclusive(String name, String afterClose, String forManyThreads) {
        this.name = name;
        this.afterClose = afterClose;
        this.forManyThreads = forManyThreads;
    }

    /**
     * Goes inside, or further inside.
     *
     * @param doing the method, for messages
     * @return to be closed by the same thread
     * @throws IllegalStateException if another thread is inside, or this was closed
     */
    public Use use(String doing) {
        return open(enter(doing));
    }

    /**
     * Goes inside for something that must not happen while anything else runs there.
     *
     * @param doing the method, for messages
     * @return to be closed by the same thread
     * @throws IllegalStateException if any thread, this one too, is inside, or this was closed
     */
    public Use change(String doing) {
        return open(alone(enter(doing)));
    }

    /**
     * Closes: whoever comes later gets an exception. Closing again does nothing.
     *
     * @param free run once, by this thread, while nobody else is inside
     * @throws IllegalStateException if any thread, this one too, is inside; nothing is freed then
     */
    public void close(Runnable free) {
        try (var _ = alone(enter("close"))) {
            if (!closed) {
                closed = true;
                free.run();
            }
        }
    }

    private Use enter(String doing) {
        Use now = inside.get();
        if (now != null && now.thread == Thread.currentThread()) {
            return new Use(now.doing.equals(doing) ? doing : doing + " within " + now.doing, false);
        }
        Use mine = new Use(doing, true);
        Use other = inside.compareAndExchange(null, mine);
        if (other != null) {
            throw new IllegalStateException("thread \"" + mine.thread.getName() + "\" called " + doing
                    + " while thread \"" + other.thread.getName() + "\" was in " + other.doing + " of the same " + name
                    + ", which one thread at a time may use: " + forManyThreads);
        }
        return mine;
    }

    private Use alone(Use use) {
        if (!use.outermost) {
            throw new IllegalStateException("expected nothing to run in this " + name + ", got a call of " + use.doing
                    + ": call it when that has returned");
        }
        return use;
    }

    private Use open(Use use) {
        if (closed) {
            use.close();
            throw new IllegalStateException("this " + name + " is closed; " + afterClose);
        }
        return use;
    }
}
