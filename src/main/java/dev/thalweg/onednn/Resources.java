package dev.thalweg.onednn;

import java.util.ArrayDeque;
import java.util.Deque;

/** Things that are closed together, the youngest first. */
public final class Resources implements AutoCloseable {
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Starts without any. */
    public Resources() {
    }

    /**
     * Closes something with these.
     *
     * @param <T> its type
     * @param resource what
     * @return the same
     */
    public <T extends AutoCloseable> T own(T resource) {
        open.push(resource);
        return resource;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
